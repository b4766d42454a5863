/** What a lab is doing, for whoever shows it. */
export interface LabProgress {
  /** Machine that it concerns; left out for images and snapshots, which all share. */
  readonly machine?: string;
  readonly phase:
    | 'driver'
    | 'kernel'
    | 'image'
    | 'snapshot'
    | 'waiting'
    | 'starting'
    | 'ready'
    | 'stopped'
    | 'reset'
    | 'kept'
    | 'changed';
  readonly detail: string;
}

export interface LabOptions {
  /** Folder of Troupe itself, where the lab's scripts lie. */
  readonly root: string;
  readonly onProgress: (progress: LabProgress) => void;
}
