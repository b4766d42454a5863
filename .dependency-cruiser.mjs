/** The table of docs/architecture.md as rules: who may import whom, and the single doors to libraries. */
const rooms = {
  cli: [
    'load',
    'compile',
    'execute',
    'report',
    'modules',
    'hosts',
    'templating',
    'lab',
    'saved',
    'model',
    'diagnostics',
  ],
  load: ['model', 'diagnostics'],
  compile: ['modules', 'templating', 'model', 'diagnostics'],
  templating: ['model', 'diagnostics'],
  modules: ['shell', 'model', 'diagnostics'],
  execute: ['modules', 'templating', 'hosts', 'shell', 'model', 'diagnostics'],
  hosts: ['shell', 'model', 'diagnostics'],
  report: ['model', 'diagnostics'],
  saved: ['model', 'diagnostics'],
  diagnostics: ['model'],
  shell: ['model'],
  model: [],
  lab: ['hosts', 'model', 'diagnostics'],
};

const walls = Object.entries(rooms).map(([room, may]) => ({
  name: `${room}-imports-only-its-neighbours`,
  comment: `src/${room}/ may import ${may.join(', ') || 'nothing of ours'}: the pipeline goes one way.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...may].join('|')})/` },
}));

const door = (library, path, why) => ({
  name: `single-door-${library.replace(/\W/g, '-')}`,
  comment: why,
  severity: 'error',
  from: { path: '^src/', pathNot: path },
  to: { path: `node_modules/${library}/` },
});

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'A circle means two ideas are one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...walls,
    {
      name: 'main-imports-cli',
      comment: 'main.ts only maps outcomes to exit codes.',
      severity: 'error',
      from: { path: '^src/main.ts' },
      to: { path: '^src/', pathNot: '^src/(cli|main)' },
    },
    {
      name: 'commands-load-late',
      comment: 'troupe --version and --help read no stage: a command imports its stages when it runs.',
      severity: 'error',
      from: {
        path: '^src/cli/(cli|apply|check|exec|inventory|lab|lab-links|lab-options|module|plan|show|options|io)\\.ts$',
      },
      to: {
        path: '^src/(load|compile|templating|modules|execute|hosts|report|saved|lab|cli/(run|stages|targets))',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    door('ssh2', '^src/hosts/ssh\\.ts$', 'One file knows the SSH library.'),
    door('listr2', '^src/report/', 'Live output is one room.'),
    door('handlebars', '^src/templating/', 'Text templates are one room.'),
    door('@marcbachmann/cel-js', '^src/templating/', 'Expressions are one room.'),
    door('yaml', '^src/load/', 'YAML is parsed in one room, which keeps line and column.'),
    door('js-yaml', '^src/load/', 'YAML is parsed in one room, which keeps line and column.'),
    door(
      'zx',
      '^src/(hosts/local\\.ts|lab/)',
      'Commands run on this machine through one library, in two rooms.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
