import { type Run, run } from '../model/step.ts';

/** One thing that is done to LIO; what each takes is told at the program below. */
export type LioEdit = readonly [verb: string, ...words: (string | number | undefined)[]];

/**
 * Does the edits in order by rtslib, live, and saves all of LIO as targetcli does. A file is made sparse, where there is none or an
 * empty one. fileio is told to the initiators as a disk with a write cache, which they flush (write_back, as targetcli has it).
 */
const EDIT = `
import json, os, sys
from rtslib_fb import (BlockStorageObject, FabricModule, FileIOStorageObject, LUN, MappedLUN, NetworkPortal, NodeACL, RTSRoot,
    RTSLibError, TPG, Target)
wish = json.load(sys.stdin)
root = RTSRoot()
def store(name): return next(so for so in root.storage_objects if so.name == name and so.plugin in ('fileio', 'block'))
def tpg(): return TPG(Target(FabricModule('iscsi'), wish['iqn']), 1)
def place(text):
    address, port = text.rsplit(':', 1)
    return address, int(port)
def make_store(name, kind, path, size):
    if kind == 'block': return BlockStorageObject(name, dev=path)
    if not os.path.exists(path): os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if os.path.getsize(path) == 0: os.truncate(path, size)
    FileIOStorageObject(name, dev=path, size=size, write_back=True)
def chap(initiator, *words):
    acl = NodeACL(tpg(), initiator)
    acl.chap_userid, acl.chap_password, acl.chap_mutual_userid, acl.chap_mutual_password = [w or '' for w in words]
def drop(things):
    for thing in list(things): thing.delete()
def enable(): tpg().enable = True
verbs = {
    'store': make_store, 'target': tpg, 'enable': enable, 'chap': chap,
    'attribute': lambda name, value: tpg().set_attribute(name, value),
    'lun': lambda number, name: LUN(tpg(), number, storage_object=store(name)),
    'acl': lambda initiator: NodeACL(tpg(), initiator),
    'map': lambda initiator, number: MappedLUN(NodeACL(tpg(), initiator), number, number),
    'portal': lambda text: NetworkPortal(tpg(), *place(text)),
    'no map': lambda initiator, number: drop(m for m in NodeACL(tpg(), initiator).mapped_luns if m.mapped_lun == number),
    'no acl': lambda initiator: drop(a for a in tpg().node_acls if a.node_wwn == initiator),
    'no lun': lambda number: drop(l for l in tpg().luns if l.lun == number),
    'no portal': lambda text: drop(p for p in tpg().network_portals if (p.ip_address, p.port) == place(text)),
    'no target': lambda: drop(t for t in root.targets if t.wwn == wish['iqn']),
    'no store': lambda name: drop([store(name)]),
}
for verb, *words in wish['edits']:
    try: verbs[verb](*words)
    except (OSError, RTSLibError) as error: sys.exit('%s: %s' % (' '.join([verb] + [str(w) for w in words[:2]]), error))
os.makedirs(os.path.dirname(wish['saved']), exist_ok=True)
root.save_to_file(wish['saved'])
`;

/** The program that does the edits; passwords come by its stdin, and are in no process list. */
export const editProgram = (iqn: string, saved: string, edits: readonly LioEdit[]): Run =>
  run(['python3', '-c', EDIT], { stdin: JSON.stringify({ iqn, saved, edits }), secretStdin: true });
