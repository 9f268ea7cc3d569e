// Follows an event stream with particle-api-js and prints a line for all that
// happens on it, until its standard input ends.
// Usage: node stream.cjs PACKAGE BASE_URL TOKEN NAME
const [, , path, baseUrl, auth, name] = process.argv;
const Particle = require(path);
const particle = new Particle({ baseUrl, auth });

async function main() {
	const stream = await particle.getEventStream({ deviceId: 'mine', name });
	stream.on('event', (e) => console.log(`event ${e.name} ${e.data}`));
	stream.on('reconnect-success', () => console.log('reconnected'));
	stream.on('error', (e) => console.log(`error ${e.errorDescription || e}`));
	console.log('open');
	process.stdin.on('end', () => process.exit(0)).resume();
}
main().catch((e) => { console.log(`refused ${e.statusCode} ${e.errorDescription}`); process.exit(1); });
