/** Keywords that tasks and blocks share. */
export const NODE_KEYWORDS = [
  'name',
  'when',
  'tags',
  'vars',
  'become',
  'become_user',
  'become_method',
  'ignore_errors',
] as const;

export const BLOCK_KEYWORDS = [...NODE_KEYWORDS, 'block', 'rescue', 'always'] as const;

/** Keywords of a task beside its module. */
export const TASK_KEYWORDS = [
  ...NODE_KEYWORDS,
  'loop',
  'loop_control',
  'register',
  'notify',
  'listen',
  'changed_when',
  'failed_when',
  'until',
  'retries',
  'delay',
  'check_mode',
  'no_log',
  'run_once',
  'args',
] as const;

export const PLAY_KEYWORDS = [
  'name',
  'hosts',
  'vars',
  'vars_files',
  'roles',
  'pre_tasks',
  'tasks',
  'post_tasks',
  'handlers',
  'become',
  'become_user',
  'become_method',
  'tags',
  'any_errors_fatal',
  'gather_facts',
] as const;

/** What imports and includes take besides their file. */
export const IMPORT_KEYWORDS = [...NODE_KEYWORDS] as const;

const LATER = 'Take it out for now.';

/** What Ansible has and Troupe does not read yet, with what to do instead. */
export const NOT_YET: ReadonlyMap<string, string> = new Map([
  ['delegate_to', 'Put the task in a play for that host, before or after this one.'],
  ['delegate_facts', LATER],
  ['local_action', 'Put the task in a play for a host with the variable connection: local.'],
  ['serial', 'Run the playbook with --limit, group by group.'],
  ['strategy', 'Hosts run independently of each other; a new play waits for all of them.'],
  ['max_fail_percentage', 'any_errors_fatal: true ends the run when one host fails.'],
  ['environment', 'Give the variables in the command itself: shell: "NAME=value command".'],
  ['async', LATER],
  ['poll', LATER],
  ['action', 'Write the module as the key: "copy:", with its parameters below.'],
  ['connection', 'Set the variable "connection" for the hosts in the inventory.'],
  ['remote_user', 'Set the variable "user" for the hosts in the inventory.'],
  ['port', 'Set the variable "port" for the hosts in the inventory.'],
  ['become_exe', LATER],
  ['become_flags', LATER],
  ['module_defaults', 'Give the parameters in each task.'],
  ['collections', 'Modules are known by their last name: copy, not ansible.builtin.copy.'],
  ['throttle', 'Use --forks.'],
  ['timeout', LATER],
  ['debugger', LATER],
  ['diff', 'Diffs are always shown; no_log: true hides them.'],
  ['ignore_unreachable', LATER],
  ['force_handlers', 'A notified handler that did not run is kept on the host and runs in the next run.'],
  ['order', 'Hosts run in the order of the inventory.'],
  ['vars_prompt', 'Give the variables with -e.'],
  ['gather_subset', 'Facts come with the connection, always all of them.'],
  ['gather_timeout', 'Facts come with the connection.'],
  ['fact_path', LATER],
  ['validate_argspec', "A role's arguments are always checked."],
  ['loop_with', LATER],
  ['include_role', 'Name the role under roles: of the play.'],
  ['import_role', 'Name the role under roles: of the play.'],
  ['include_vars', 'Use vars_files: of the play.'],
  ['include', 'Use import_tasks.'],
  ['add_host', 'Name the host in the inventory.'],
  ['group_by', 'Use when, or a group of the inventory.'],
]);

/** What to use for modules of Ansible that Troupe does not have under that name. */
export const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['apt', 'package'],
  ['yum', 'package'],
  ['dnf', 'package'],
  ['systemd', 'service'],
  ['systemd_service', 'service'],
  ['get_url', 'uri'],
  ['blockinfile', 'lineinfile or template'],
  ['replace', 'lineinfile or template'],
  ['fail', 'assert'],
  ['raw', 'shell'],
  ['script', 'copy, then command'],
  ['wait_for_connection', 'wait_for'],
  ['setup', 'nothing: facts come with the connection'],
  ['gather_facts', 'nothing: facts come with the connection'],
  ['ping', 'troupe exec'],
]);
