import assert from 'node:assert/strict';
import { createOverlay } from '../../src/hook/overlay.js';

class Door {
  opened = 0;
  open(by = 1): number {
    return (this.opened += by);
  }
}

describe('an overlay', () => {
  const seen: unknown[] = [];
  const overlay = createOverlay<{ name: string }>({
    open(door: Door, { name }, original, args) {
      seen.push([name, ...args]);
      return original.apply(door, args);
    },
    missing: () => assert.fail('the class has no such method'),
  });
  beforeEach(() => void (seen.length = 0));
  const tapped = (name: string): Door => {
    const door = new Door();
    overlay(door, { name });
    return door;
  };

  it('sees the calls of this one object, and hands them on', () => {
    const door = tapped('front');
    assert.equal(door.open(2), 2);
    assert.equal(new Door().open(), 1);
    assert.deepEqual(seen, [['front', 2]]);
  });

  it('leaves nothing to be seen on the object', () => {
    const door = tapped('front');
    assert.deepEqual(Reflect.ownKeys(door), ['opened']);
    assert.ok(door instanceof Door);
    assert.equal(door.constructor, Door);
    assert.deepEqual(
      [door.open.name, door.open.length],
      [Door.prototype.open.name, Door.prototype.open.length],
    );
    assert.equal('missing' in door, false);
    assert.deepEqual({ ...door }, { opened: 0 });
  });

  it('is one prototype for all objects of a class', () => {
    assert.equal(Object.getPrototypeOf(tapped('a')), Object.getPrototypeOf(tapped('b')));
  });

  it('calls what others put in the class later', () => {
    const door = tapped('front');
    const { open } = Door.prototype;
    try {
      Door.prototype.open = () => 42;
      assert.equal(door.open(), 42);
    } finally {
      Door.prototype.open = open;
    }
  });

  it('lies over methods that somebody put on the object itself', () => {
    const door = Object.assign(new Door(), { open: () => 7 });
    overlay(door, { name: 'own' });
    assert.equal(door.open(), 7);
    assert.deepEqual(seen, [['own']]);
  });

  it('lies over itself', () => {
    const door = tapped('inner');
    overlay(door, { name: 'outer' });
    assert.equal(door.open(), 1);
    assert.deepEqual(seen, [['outer'], ['inner']]);
  });

  it('leaves a borrowed method to the class', () => {
    const { open } = tapped('front');
    const other = new Door();
    assert.equal(open.call(other, 3), 3);
    assert.throws(() => open.call(undefined as never), TypeError);
    assert.deepEqual(seen, []);
  });
});
