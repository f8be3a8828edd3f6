/** Clouds take no request of a computer whose clock is wrong: what a person does about it. */
const BY_NETWORK: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
};

export const SET_CLOCK = {
  label: 'Let the network set the clock',
  shell: BY_NETWORK[process.platform] ?? 'sudo timedatectl set-ntp true',
};
