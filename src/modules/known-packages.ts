import type { PackageContents } from './package-contents.ts';

/** What common packages bring on Debian 12, which starts services as it installs them. From the .debs themselves. */
const DEBIAN: Readonly<Record<string, PackageContents>> = {
  acl: { programs: ['/usr/bin/setfacl', '/usr/bin/getfacl'] },
  apache2: {
    units: { 'apache2.service': 'running', 'apache-htcacheclean.service': 'started' },
    programs: ['/usr/sbin/apache2', '/usr/sbin/apache2ctl', '/usr/sbin/a2enmod', '/usr/sbin/a2ensite'],
    links: { '/usr/sbin/a2ensite': 'a2enmod' },
    directories: [
      '/etc/apache2',
      '/etc/apache2/conf-available',
      '/etc/apache2/conf-enabled',
      '/etc/apache2/mods-available',
      '/etc/apache2/mods-enabled',
      '/etc/apache2/sites-available',
      '/etc/apache2/sites-enabled',
      '/var/www',
      '/var/www/html',
    ],
    files: [
      '/etc/apache2/apache2.conf',
      '/etc/apache2/envvars',
      '/etc/apache2/ports.conf',
      '/etc/apache2/sites-available/000-default.conf',
      '/etc/apache2/sites-available/default-ssl.conf',
      '/var/www/html/index.html',
    ],
  },
  arping: { programs: ['/usr/sbin/arping'] },
  chrony: {
    units: { 'chrony.service': 'running', 'chronyd.service': 'running' },
    programs: ['/usr/bin/chronyc', '/usr/sbin/chronyd'],
    directories: ['/etc/chrony', '/etc/chrony/conf.d', '/etc/chrony/sources.d'],
    users: ['_chrony'],
    groups: ['_chrony'],
    files: ['/etc/chrony/chrony.conf', '/etc/default/chrony'],
  },
  conntrack: { programs: ['/usr/sbin/conntrack'] },
  curl: { programs: ['/usr/bin/curl'] },
  e2fsprogs: {
    programs: ['ext2', 'ext3', 'ext4'].map((kind) => `/usr/sbin/mkfs.${kind}`),
    links: Object.fromEntries(['ext2', 'ext3', 'ext4'].map((kind) => [`/usr/sbin/mkfs.${kind}`, 'mke2fs'])),
    files: ['/etc/mke2fs.conf'],
  },
  haproxy: {
    units: { 'haproxy.service': 'running' },
    programs: ['/usr/sbin/haproxy'],
    directories: ['/etc/haproxy', '/etc/haproxy/errors'],
    users: ['haproxy'],
    groups: ['haproxy'],
    files: ['/etc/haproxy/haproxy.cfg', '/etc/default/haproxy', '/etc/rsyslog.d/49-haproxy.conf'],
  },
  'iputils-arping': { programs: ['/usr/bin/arping'] },
  ipvsadm: {
    units: { 'ipvsadm.service': 'script' },
    programs: ['/usr/sbin/ipvsadm', '/usr/sbin/ipvsadm-save', '/usr/sbin/ipvsadm-restore'],
    files: ['/etc/default/ipvsadm', '/etc/ipvsadm.rules'],
  },
  keepalived: {
    // Its unit is skipped as long as there is no configuration.
    units: { 'keepalived.service': 'enabled' },
    programs: ['/usr/sbin/keepalived'],
    directories: ['/etc/keepalived'],
    files: ['/etc/keepalived/keepalived.conf.sample', '/etc/default/keepalived'],
  },
  nftables: {
    units: { 'nftables.service': 'off' },
    programs: ['/usr/sbin/nft'],
    files: ['/etc/nftables.conf'],
    modes: { '/etc/nftables.conf': 0o755 },
  },
  'nfs-common': {
    units: { 'nfs-client.target': 'running', 'rpc-statd.service': 'static' },
    programs: ['/usr/sbin/mount.nfs', '/usr/sbin/showmount'],
    directories: ['/etc/nfs.conf.d', '/var/lib/nfs'],
    files: ['/etc/default/nfs-common', '/etc/idmapd.conf', '/etc/nfs.conf'],
    modes: { '/usr/sbin/mount.nfs': 0o4755 },
    users: ['statd'],
    needs: ['rpcbind'],
  },
  'nfs-kernel-server': {
    units: {
      'nfs-server.service': 'running',
      'nfs-kernel-server.service': 'running',
      'rpc-statd.service': 'pulled',
    },
    programs: ['/usr/sbin/exportfs', '/usr/sbin/rpc.nfsd', '/usr/sbin/rpc.mountd'],
    files: ['/etc/default/nfs-kernel-server', '/etc/exports'],
    needs: ['nfs-common'],
  },
  nginx: { programs: ['/usr/sbin/nginx'], needs: ['nginx-common'] },
  'nginx-common': {
    units: { 'nginx.service': 'running' },
    directories: [
      '/etc/nginx',
      '/etc/nginx/conf.d',
      '/etc/nginx/modules-available',
      '/etc/nginx/modules-enabled',
      '/etc/nginx/sites-available',
      '/etc/nginx/sites-enabled',
      '/etc/nginx/snippets',
      '/var/www',
      '/var/www/html',
    ],
    files: ['/etc/nginx/nginx.conf', '/etc/nginx/mime.types', '/etc/nginx/sites-available/default'],
    links: { '/etc/nginx/sites-enabled/default': '/etc/nginx/sites-available/default' },
  },
  'open-iscsi': {
    // open-iscsi.service is skipped as long as no target is known.
    units: { 'open-iscsi.service': 'enabled', 'iscsid.socket': 'running', 'iscsid.service': 'off' },
    programs: ['/usr/sbin/iscsiadm', '/usr/sbin/iscsid'],
    directories: ['/etc/iscsi'],
    files: ['/etc/iscsi/initiatorname.iscsi', '/etc/iscsi/iscsid.conf', '/etc/default/open-iscsi'],
    modes: { '/etc/iscsi/initiatorname.iscsi': 0o600 },
  },
  rpcbind: {
    units: { 'rpcbind.service': 'running', 'rpcbind.socket': 'running' },
    programs: ['/usr/sbin/rpcbind', '/usr/sbin/rpcinfo'],
    links: { '/usr/sbin/rpcinfo': '../bin/rpcinfo' },
    users: ['_rpc'],
    files: ['/etc/default/rpcbind'],
  },
  'python3-rtslib-fb': {
    units: { 'rtslib-fb-targetctl.service': 'running' },
    programs: ['/usr/bin/targetctl'],
  },
  'targetcli-fb': { programs: ['/usr/bin/targetcli'], needs: ['python3-rtslib-fb'] },
  tcpdump: { programs: ['/usr/bin/tcpdump'], users: ['tcpdump'], groups: ['tcpdump'] },
  tgt: {
    units: { 'tgt.service': 'running' },
    programs: ['/usr/sbin/tgtadm', '/usr/sbin/tgtd', '/usr/sbin/tgt-admin'],
    directories: ['/etc/tgt', '/etc/tgt/conf.d'],
    files: ['/etc/tgt/targets.conf'],
  },
  xfsprogs: { programs: ['/usr/sbin/mkfs.xfs', '/usr/sbin/xfs_admin', '/usr/sbin/xfs_repair'] },
};

/** What common packages bring on RHEL 8 and 9, which start nothing as they install. Not verified on a machine yet. */
const REDHAT: Readonly<Record<string, PackageContents>> = {
  acl: { programs: ['/usr/bin/setfacl', '/usr/bin/getfacl'] },
  chrony: {
    units: { 'chronyd.service': 'enabled' },
    programs: ['/usr/bin/chronyc', '/usr/sbin/chronyd'],
    files: ['/etc/chrony.conf'],
  },
  'conntrack-tools': { programs: ['/usr/sbin/conntrack'] },
  curl: { programs: ['/usr/bin/curl'] },
  haproxy: {
    units: { 'haproxy.service': 'off' },
    programs: ['/usr/sbin/haproxy'],
    directories: ['/etc/haproxy'],
    files: ['/etc/haproxy/haproxy.cfg', '/etc/sysconfig/haproxy'],
  },
  httpd: {
    units: { 'httpd.service': 'off' },
    programs: ['/usr/sbin/httpd', '/usr/sbin/apachectl'],
    directories: [
      '/etc/httpd',
      '/etc/httpd/conf',
      '/etc/httpd/conf.d',
      '/etc/httpd/conf.modules.d',
      '/var/www',
      '/var/www/html',
    ],
    files: ['/etc/httpd/conf/httpd.conf', '/etc/httpd/conf.d/welcome.conf'],
  },
  iputils: { programs: ['/usr/sbin/arping', '/usr/bin/ping'] },
  ipvsadm: {
    units: { 'ipvsadm.service': 'off' },
    programs: ['/usr/sbin/ipvsadm', '/usr/sbin/ipvsadm-save', '/usr/sbin/ipvsadm-restore'],
    files: ['/etc/sysconfig/ipvsadm-config'],
  },
  'iscsi-initiator-utils': {
    units: { 'iscsi.service': 'enabled', 'iscsid.socket': 'enabled', 'iscsid.service': 'off' },
    programs: ['/usr/sbin/iscsiadm', '/usr/sbin/iscsid'],
    directories: ['/etc/iscsi'],
    files: ['/etc/iscsi/initiatorname.iscsi', '/etc/iscsi/iscsid.conf'],
  },
  keepalived: {
    units: { 'keepalived.service': 'off' },
    programs: ['/usr/sbin/keepalived'],
    directories: ['/etc/keepalived'],
    files: ['/etc/keepalived/keepalived.conf', '/etc/sysconfig/keepalived'],
  },
  nftables: {
    units: { 'nftables.service': 'off' },
    programs: ['/usr/sbin/nft'],
    files: ['/etc/sysconfig/nftables.conf'],
  },
  'nfs-utils': {
    units: { 'nfs-server.service': 'off' },
    programs: ['/usr/sbin/exportfs', '/usr/sbin/mount.nfs', '/usr/sbin/showmount'],
    directories: ['/etc/exports.d', '/var/lib/nfs'],
    files: ['/etc/nfs.conf', '/etc/idmapd.conf'],
  },
  nginx: {
    units: { 'nginx.service': 'off' },
    programs: ['/usr/sbin/nginx'],
    directories: ['/etc/nginx', '/etc/nginx/conf.d', '/etc/nginx/default.d'],
    files: ['/etc/nginx/nginx.conf', '/etc/nginx/mime.types'],
  },
  targetcli: {
    units: { 'target.service': 'off' },
    programs: ['/usr/bin/targetcli'],
    directories: ['/etc/target'],
    needs: ['python3-rtslib'],
  },
  tcpdump: { programs: ['/usr/sbin/tcpdump'] },
  xfsprogs: { programs: ['/usr/sbin/mkfs.xfs', '/usr/sbin/xfs_admin', '/usr/sbin/xfs_repair'] },
};

/** Packages whose contents are known, by family of the system. */
export const knownPackages: Readonly<Record<string, Readonly<Record<string, PackageContents>>>> = {
  debian: DEBIAN,
  redhat: REDHAT,
};
