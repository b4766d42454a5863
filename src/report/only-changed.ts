import type { Emit, Event } from '../model/event.ts';

const TOLD = new Set(['changed', 'unknown', 'failed']);

/**
 * Passes on what a drift check wants to know: what is changed, unknown or failed, unreachable hosts, and the first and the
 * last event. A play is told of with the first such thing in it.
 */
export function onlyChanged(emit: Emit): Emit {
  let play: Event | undefined;
  return (event) => {
    if (event.event === 'play_started') play = event;
    if (!isTold(event)) return;
    if (play && 'host' in event) {
      emit(play);
      play = undefined;
    }
    emit(event);
  };
}

function isTold(event: Event): boolean {
  switch (event.event) {
    case 'task_finished':
      return TOLD.has(event.status);
    case 'run_started':
    case 'host_unreachable':
    case 'host_drifted':
    case 'recap':
      return true;
    default:
      return false;
  }
}
