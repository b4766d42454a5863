/** Variables that exist by themselves, as in Ansible: every template and condition gets them, and nobody may set them. */
export const GIVEN_NAMES = [
  'facts',
  'groups',
  'group_names',
  'hostvars',
  'inventory_hostname',
  'omit',
  'play_hosts',
  'role_path',
] as const;
