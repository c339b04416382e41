/**
 * The private DNS name of an address in a VPC (VPC User Guide, "DNS attributes for your VPC"). On Fargate it is also
 * the hostname of the task's containers.
 */
export function privateDnsName(address: string, region: string): string {
  return `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`
}
