/** Whether this server answers; whether the backend does, is the backend's own affair. */
export function GET(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } });
}
