/** What a line from a load balancer says: whether it holds the VIP now; undefined when the line is about something else. */
export const holdsAfter = (line: string, vip: string): boolean | undefined => {
  if (line === 'holds') return true;
  if (line === 'free') return false;
  if (!line.includes(` inet ${vip}/`)) return undefined;
  return !/^(?:\[\S+\] ?)?Deleted /.test(line);
};
