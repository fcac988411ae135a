/**
 * Takes a text/event-stream in pieces as they come, cut anywhere, and gives the data of every event that is complete (WHATWG HTML
 * §9.2.6): lines end in CR, LF or both, data lines are joined by LF, comments and other fields are left out.
 */
export function createEventReader(): (piece: string) => string[] {
  let line = '';
  let data: string[] = [];
  let afterCR = false;

  function ended(events: string[]) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
      return;
    }
    const field = /^data(?::\s?(.*))?$/s.exec(line);
    if (field) data.push(field[1] ?? '');
    line = '';
  }

  return (piece) => {
    const events: string[] = [];
    for (const char of piece) {
      if (char === '\n' && afterCR) {
        afterCR = false;
        continue;
      }
      afterCR = char === '\r';
      if (char === '\n' || char === '\r') ended(events);
      else line += char;
    }
    return events;
  };
}
