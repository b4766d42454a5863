/** True for the name of a plan file; playbooks are YAML. */
export const isPlanPath = (path: string): boolean => path.endsWith('.json');
