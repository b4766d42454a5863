/** One runner, suites by what they need: unit (no program), ssh (a real sshd), lab, tcg and full (virtual machines). */
const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
});

export default {
  projects: ['unit', 'ssh', 'lab', 'tcg', 'full'].map(project),
};
