// V8's optimizing compiler, put off. Why: docs/decisions/0026-optimized-later.md
const { setFlagsFromString } = require('node:v8');

/** Measured with this one; those that come later have a compiler in between, and defaults of their own. */
const NODE = /^v20\./;

/** Bytes of bytecode that a function runs until V8 thinks of optimizing it: as Node has it, and as it is here. */
const [SOON, LATER] = [67_584, 500_000];

/** What a run over ssh needs of Node. V8 takes what Node brings compiled only as long as its flags are Node's own. */
const NEEDED = ['crypto', 'net', 'string_decoder'];

const after = (bytes) => {
  if (NODE.test(process.version)) setFlagsFromString(`--interrupt-budget=${bytes}`);
};

/** Puts optimizing off; `onHosts` is true for a command that connects to hosts. */
exports.putOff = function putOff(onHosts) {
  if (onHosts) for (const name of NEEDED) require(name);
  after(LATER);
};

/** Takes it back, because a code cache is only for those flags that it was made under. */
exports.takeBack = () => after(SOON);
