import { describeDriver } from './contract.ts';

describeDriver(undefined);
