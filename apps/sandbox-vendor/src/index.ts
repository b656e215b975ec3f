export { readConfig, type SandboxConfig } from './sandbox.config';
export { startSandboxVendor } from './start';
