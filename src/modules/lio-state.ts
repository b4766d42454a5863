import { hash } from 'node:crypto';
import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import type { TargetWant } from './iscsi-target-params.ts';

/** How an initiator logs in; passwords as SHA-256. */
export interface LioAcl {
  readonly chap: readonly string[];
  /** Numbers of the LUNs that it sees. */
  readonly luns: readonly number[];
}

/** What stands behind LUNs. */
export interface LioStore {
  readonly path: string;
  /** Bytes of a file; 0 of a device, which has its own size. */
  readonly size: number;
  readonly type: string;
}

export interface LioTarget {
  readonly acls: Readonly<Record<string, LioAcl>>;
  readonly chap: boolean;
  readonly enabled: boolean;
  /** Names of stores by the LUN's number. */
  readonly luns: Readonly<Record<string, string>>;
  /** True where an initiator that is not listed is let in. */
  readonly open: boolean;
  readonly portals: readonly string[];
}

/** All of LIO that has to do with iSCSI. */
export interface Lio {
  readonly stores: Readonly<Record<string, LioStore>>;
  readonly targets: Readonly<Record<string, LioTarget>>;
}

/** What the kernel has, and what will be restored at the next boot. */
export interface LioState {
  readonly live: Lio;
  readonly saved: Lio;
}

const NO_PYTHON = 3;

/**
 * Reads configfs as it is (Documentation/target/tcm_mod_builder.rst and targetcli's own tree): rtslib would load kernel
 * modules merely by being asked. Keys are sorted, so that the same state is the same text.
 */
const READ = String.raw`
import hashlib, json, os, re, sys
ROOT = '/sys/kernel/config/target'
def names(*at):
    try: return sorted(os.listdir(os.path.join(ROOT, *at)))
    except OSError: return []
def read(*at):
    try:
        with open(os.path.join(ROOT, *at)) as file: return file.read().strip()
    except OSError: return ''
def behind(*at):
    return next((os.readlink(os.path.join(ROOT, *at, n)).rsplit('/', 1)[1] for n in names(*at) if os.path.islink(os.path.join(ROOT, *at, n))), '')
def read_auth(*at):
    text = read(*at)
    # What is cleared is NULL (rtslib_fb/utils.py, _set_auth_attr).
    return '' if text == 'NULL' else text
def sha(text): return hashlib.sha256(text.encode()).hexdigest() if text else ''
def chap(user, password, mutual_user, mutual_password):
    return [user, sha(password), mutual_user, sha(mutual_password)] if user or mutual_user else []
def live():
    stores = {}
    for hba in names('core'):
        kind = {'fileio': 'fileio', 'iblock': 'block'}.get(hba.rsplit('_', 1)[0])
        for name in names('core', hba) if kind else []:
            if name in ('hba_info', 'hba_mode'): continue
            size = re.search(r'(?<!\w)Size: (\d+)', read('core', hba, name, 'info')) if kind == 'fileio' else None
            stores[name] = {'path': read('core', hba, name, 'udev_path'), 'size': int(size.group(1)) if size else 0, 'type': kind}
    targets = {}
    for iqn in names('iscsi'):
        at = ('iscsi', iqn, 'tpgt_1')
        if not names(*at): continue
        acls = {}
        for acl in names(*at, 'acls'):
            auth = [read_auth(*at, 'acls', acl, 'auth', f) for f in ('userid', 'password', 'userid_mutual', 'password_mutual')]
            acls[acl] = {'chap': chap(*auth), 'luns': sorted(int(n[4:]) for n in names(*at, 'acls', acl) if n.startswith('lun_'))}
        targets[iqn] = {
            'acls': acls, 'chap': read(*at, 'attrib', 'authentication') == '1', 'enabled': read(*at, 'enable') == '1',
            'luns': {n[4:]: behind(*at, 'lun', n) for n in names(*at, 'lun')},
            'open': read(*at, 'attrib', 'generate_node_acls') == '1', 'portals': names(*at, 'np')}
    return {'stores': stores, 'targets': targets}
def saved():
    try:
        with open(next(p for p in sys.argv[1:] if os.path.exists(p))) as file: kept = json.load(file)
    except (OSError, StopIteration, ValueError): return {'stores': {}, 'targets': {}}
    stores = {so['name']: {'path': so['dev'], 'size': so.get('size', 0) if so['plugin'] == 'fileio' else 0, 'type': so['plugin']}
        for so in kept.get('storage_objects', []) if so.get('plugin') in ('fileio', 'block')}
    targets = {}
    for t in kept.get('targets', []):
        for g in t.get('tpgs', []):
            if t.get('fabric') != 'iscsi' or g.get('tag') != 1: continue
            acls = {a['node_wwn']: {'chap': chap(*[a.get('chap_' + f, '') for f in ('userid', 'password', 'mutual_userid', 'mutual_password')]),
                'luns': sorted(m['index'] for m in a.get('mapped_luns', []))} for a in g.get('node_acls', [])}
            attributes = g.get('attributes', {})
            targets[t['wwn']] = {
                'acls': acls, 'chap': str(attributes.get('authentication')) == '1', 'enabled': bool(g.get('enable')),
                'luns': {str(l['index']): l['storage_object'].rsplit('/', 1)[1] for l in g.get('luns', [])},
                'open': str(attributes.get('generate_node_acls')) == '1',
                'portals': sorted('%s:%d' % (p['ip_address'], p['port']) for p in g.get('portals', []))}
    return {'stores': stores, 'targets': targets}
print(json.dumps({'live': live(), 'saved': saved()}, sort_keys=True, separators=(',', ':')))
`;

/** Where rtslib keeps its configuration: Debian, and RHEL. */
export const SAVED = ['/etc/rtslib-fb-target/saveconfig.json', '/etc/target/saveconfig.json'];

/** LIO as it is and as it is saved. Without Python there is no rtslib, and so nothing that it has made. */
export const STATE: Capture = capture(
  'sh',
  '-c',
  `command -v python3 >/dev/null || exit ${NO_PYTHON}; exec python3 -c "$@"`,
  'sh',
  READ,
  ...SAVED,
);

const NONE: Lio = { stores: {}, targets: {} };

/** Reads what `STATE` answered; the text of an error where that cannot be. */
export function readState({ rc, stdout, stderr }: Captured): LioState | string {
  if (rc === NO_PYTHON) return { live: NONE, saved: NONE };
  return rc === 0 ? (JSON.parse(stdout) as LioState) : stderr.trim();
}

/** What `STATE` prints of a state: keys in the order of their bytes, also those that are numbers. */
export const printState = (state: LioState): string => `${textOf(state)}\n`;

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, one]) => `${JSON.stringify(key)}:${textOf(one)}`);
  return `{${members.join(',')}}`;
}

const sha = (text: string | undefined): string => (text === undefined ? '' : hash('sha256', text));

/** A target as it is wanted. */
export function wantedTarget(want: TargetWant): LioTarget {
  const luns = want.luns.map((one) => one.lun).sort((a, b) => a - b);
  const acls = want.acls.map(({ initiator, chap }) => {
    const words =
      chap === undefined
        ? []
        : [chap.user, sha(chap.password), chap.mutual?.user ?? '', sha(chap.mutual?.password)];
    return [initiator, { chap: words, luns }] as const;
  });
  return {
    acls: Object.fromEntries(acls),
    chap: want.acls.some((one) => one.chap !== undefined),
    enabled: true,
    luns: Object.fromEntries(want.luns.map((one) => [String(one.lun), one.name])),
    open: false,
    portals: [...want.portals].sort(),
  };
}

/** What is to stand behind its LUNs, by name. */
export const wantedStores = (want: TargetWant): Readonly<Record<string, LioStore>> =>
  Object.fromEntries(want.luns.map(({ name, path, size, type }) => [name, { path, size: size ?? 0, type }]));
