import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import { randomUUID } from 'node:crypto';

/** Of the node that leads, by whatever name its clients call this machine. */
export function clusterLedBy(host: string, port: number): ClusterInfo {
  const member = new MemberInfo();
  member.setInstanceId(new UUID().setString(randomUUID()));
  member.setTimeStamp(String(Date.now()));
  member.setState(MemberInfo.VNodeState.LEADER);
  member.setIsAlive(true);
  member.setHttpEndPoint(new EndPoint().setAddress(host).setPort(port));
  return new ClusterInfo().setMembersList([member]);
}
