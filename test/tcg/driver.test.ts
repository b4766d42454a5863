import { describeDriver } from '../lab/driver/contract.ts';

// What the other drivers are passed over for when nothing else works; the clusters are built by it in `npm run test:all`.
describeDriver('tcg');
