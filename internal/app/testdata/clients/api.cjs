// Makes calls with particle-api-js and prints a JSON line for each: its name,
// whether it succeeded, and what came of it.
// Usage: node api.cjs PACKAGE BASE_URL TOKEN USER PASSWORD DEVICE PRODUCT ORG
const [, , path, baseUrl, auth, username, password, device, product, org] = process.argv;
const Particle = require(path);
const particle = new Particle({ baseUrl, auth });
const hook = `${baseUrl}/bin/js`;
const found = {};

const calls = {
	async login() { found.login = (await particle.login({ username, password })).body.access_token; return found.login.length; },
	async loginWithAWrongPassword() { await particle.login({ username, password: 'wrong' }); },
	async getUserInfo() { return (await particle.getUserInfo({ auth })).body.username; },
	async trackingIdentity() { return Object.keys((await particle.trackingIdentity({ auth })).body).sort(); },
	async getCurrentAccessToken() { return 'expires_at' in (await particle.get({ uri: '/v1/access_tokens/current', auth })).body; },
	async deleteCurrentAccessToken() { return (await particle.deleteCurrentAccessToken({ auth: found.login })).body.ok; },
	async badToken() { await particle.getUserInfo({ auth: 'nonsense' }); },

	async createWebhook() { found.hook = (await particle.createWebhook({ event: 'temp', url: hook, auth, hook: { json: { v: '{{{PARTICLE_EVENT_VALUE}}}' } } })).body.id; return found.hook.length; },
	async listWebhooks() { return (await particle.listWebhooks({ auth })).body.some((h) => h.id === found.hook); },
	async deleteWebhook() { return (await particle.deleteWebhook({ hookId: found.hook, auth })).body.ok; },
	async createIntegration() { found.integration = (await particle.createIntegration({ event: 'temp', settings: { integration_type: 'Webhook', url: hook }, auth })).body.id; return found.integration.length; },
	async editIntegration() { return (await particle.editIntegration({ integrationId: found.integration, event: 'temperature', settings: { integration_type: 'Webhook', url: hook }, auth })).body.event; },
	async listIntegrations() { return (await particle.listIntegrations({ auth })).body.filter((i) => i.id === found.integration).length; },
	async deleteIntegration() { return (await particle.deleteIntegration({ integrationId: found.integration, auth })).statusCode; },

	async publishEvent() { return (await particle.publishEvent({ name: 'temp', data: '21.5', auth })).body.ok; },
	async publishEventWithAnObject() { return (await particle.publishEvent({ name: 'temp', data: { t: 21.5 }, isPrivate: true, auth })).body.ok; },
	async publishProductEvent() { return (await particle.publishEvent({ name: 'temp', data: '21.5', product, auth })).body.ok; },

	async listDevices() { return (await particle.listDevices({ auth })).body.map((d) => d.id); },
	async getDevice() { return (await particle.getDevice({ deviceId: device, auth })).body.id; },
	async getUnknownDevice() { await particle.getDevice({ deviceId: '0a1b2c3d4e5f60718293a4ff', auth }); },
	async renameDevice() { return (await particle.renameDevice({ deviceId: device, name: 'attic', auth })).body.name; },
	async setDeviceNotes() { return (await particle.setDeviceNotes({ deviceId: device, notes: 'north wall', auth })).body.notes; },
	async claimDevice() { return (await particle.claimDevice({ deviceId: device, auth })).body.ok; },
	async claimUnknownDevice() { await particle.claimDevice({ deviceId: '0a1b2c3d4e5f60718293a4ff', auth }); },
	async getClaimCode() { return (await particle.getClaimCode({ auth })).body.claim_code.length; },
	async getVariable() { await particle.getVariable({ deviceId: device, name: 'temp', auth }); },

	async listProducts() { return (await particle.listProducts({ auth })).body.products.length > 0; },
	async getProduct() { return (await particle.getProduct({ product, auth })).body.product.name; },
	async getUnknownProduct() { await particle.getProduct({ product: 'nowhere', auth }); },
	async addDeviceToProduct() { return (await particle.addDeviceToProduct({ product, deviceId: device, auth })).body.updated; },
	async listProductDevices() { return (await particle.listDevices({ product, auth })).body.devices.length; },
	async getProductDevice() { return (await particle.getDevice({ product, deviceId: device, auth })).body.product_id; },
	async createProductWebhook() { found.hook = (await particle.createWebhook({ event: 'temp', url: hook, product, auth })).body.id; return found.hook.length; },
	async listProductWebhooks() { return (await particle.listWebhooks({ product, auth })).body.length; },
	async deleteProductWebhook() { return (await particle.deleteWebhook({ hookId: found.hook, product, auth })).body.ok; },
	async listTeamMembers() { return (await particle.listTeamMembers({ product, auth })).body.ok; },
	async removeDeviceFromProduct() { return (await particle.removeDevice({ product, deviceId: device, auth })).statusCode; },

	async listOAuthClients() { return Array.isArray((await particle.listOAuthClients({ auth })).body.clients); },
	async createOAuthClient() { const b = (await particle.createOAuthClient({ name: 'app', type: 'installed', auth })).body; found.client = b.client ? b.client.id : b.id; return found.client.length > 0; },
	async deleteOAuthClient() { return (await particle.deleteOAuthClient({ clientId: found.client, auth })).statusCode; },

	async listLedgers() { return Array.isArray((await particle.listLedgers({ auth })).body.ledgers); },
	async createLedger() { return (await particle.createLedger({ ledger: { name: 'settings', scope: 'Device', direction: 'Downstream' }, auth })).body.ledger.name; },
	async setLedgerInstance() { return (await particle.setLedgerInstance({ ledgerName: 'settings', scopeValue: device, instance: { data: { serial: 'x-1' } }, setMode: 'Replace', auth })).statusCode; },
	async getLedgerInstance() { return (await particle.getLedgerInstance({ ledgerName: 'settings', scopeValue: device, auth })).body.instance.data; },
	async listSecrets() { return Array.isArray((await particle.listSecrets({ auth })).body.secrets); },
};

async function main() {
	for (const [name, make] of Object.entries(calls)) {
		try {
			const detail = await make();
			console.log(JSON.stringify({ name, ok: true, detail }));
		} catch (e) {
			const missing = e instanceof TypeError && / is not a function/.test(e.message);
			console.log(JSON.stringify({ name, ok: false, missing, status: e.statusCode || 0, detail: e.shortErrorDescription || e.errorDescription || String(e) }));
		}
	}
}
main();
