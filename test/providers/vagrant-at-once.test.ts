import test from 'ava';
import { atOnce, type Room } from '../../src/providers/vagrant/at-once.js';

const five = [512, 512, 512, 512, 1024];

const rows: readonly (readonly [computer: string, room: Room, places: number])[] = [
  ['a laptop with room for all', { cores: 4, freeMb: 12_000, memoryMb: five }, 8],
  ['two cores, which mostly wait', { cores: 2, freeMb: 12_000, memoryMb: five }, 5],
  ['many cores and all the memory', { cores: 32, freeMb: 200_000, memoryMb: five }, 64],
  ['many cores and little memory', { cores: 16, freeMb: 4_000, memoryMb: five }, 3],
  ['just enough for two', { cores: 4, freeMb: 2448, memoryMb: five }, 2],
  ['a little less', { cores: 4, freeMb: 2447, memoryMb: five }, 1],
  ['not enough for one', { cores: 4, freeMb: 300, memoryMb: five }, 1],
  ['small machines', { cores: 4, freeMb: 2448, memoryMb: [256, 256] }, 5],
  ['no machine is brought', { cores: 4, freeMb: 2000, memoryMb: [] }, 8],
];

for (const [computer, room, places] of rows) {
  test(`${computer}: ${places} at a time`, (t) => t.is(atOnce(room), places));
}
