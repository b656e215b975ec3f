import type { Type } from '@nestjs/common';
import { PurchasesModule, purchasesFlow } from '@fidelis/purchases';
import { RewardStoreModule, rewardStoreFlow } from '@fidelis/reward-store';
import type { ServiceFlow } from '@fidelis/service';

/** Every service behind the gateway, in the order in which they start. */
export const services: readonly { readonly module: Type; readonly flow: ServiceFlow }[] = [
  { module: RewardStoreModule, flow: rewardStoreFlow },
  { module: PurchasesModule, flow: purchasesFlow },
];

export const publishers = services.flatMap(({ flow }) =>
  flow.publishes.map(({ publisher }) => publisher),
);
