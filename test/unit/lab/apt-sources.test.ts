import { expect, test } from '@jest/globals';
import { mirrorsFromTargets, sourcesFromTargets } from '../../../src/lab/apt-sources.ts';

// As `apt-get indextargets` prints them: what it is, where, release, component, origin.
const TARGETS = [
  'Packages http://mirror.example/debian/ bookworm main Debian',
  'Translations http://mirror.example/debian/ bookworm main Debian',
  'Packages http://mirror.example/debian/ bookworm-updates main Debian',
  'Packages http://mirror.example/debian-security/ bookworm-security main Debian',
  'Packages http://packages.example/node nodistro main nodesource',
  'Packages http://mirror.example/debian/ bookworm contrib Debian',
];

test("the image's packages come from the mirrors of Debian 12 that this machine uses", () => {
  expect(sourcesFromTargets(TARGETS.join('\n')).map((line) => line.replace(/^.*\] /, ''))).toEqual([
    'http://mirror.example/debian/ bookworm main',
    'http://mirror.example/debian/ bookworm-updates main',
    'http://mirror.example/debian-security/ bookworm-security main',
  ]);
});

test('another release has no packages for the image, but its mirror has the pool that all share', () => {
  const trixie = TARGETS.map((line) => line.replaceAll('bookworm', 'trixie')).join('\n');
  expect(sourcesFromTargets(trixie)).toEqual([]);
  expect(mirrorsFromTargets(trixie)).toEqual(['http://mirror.example/debian']);
});

test('a mirror of another distribution is none', () => {
  expect(mirrorsFromTargets('Packages http://mirror.example/ubuntu/ noble main Ubuntu')).toEqual([]);
});
