/** One runner, three rooms: unit (no program started), ssh (a real sshd on loopback), lab (virtual machines). */
const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  ...extra,
});

export default {
  projects: [project('unit'), project('ssh'), project('lab')],
};
