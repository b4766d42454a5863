import fc from 'fast-check';

// Random tests repeat what TROUPE_SEED says; `npm test` takes it from the commit, and prints it.
const seed = Number(process.env.TROUPE_SEED);
if (Number.isInteger(seed) && seed > 0)
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seed % 2 ** 31 });

export default fc;
