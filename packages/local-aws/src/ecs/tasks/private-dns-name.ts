/** The name that a VPC gives an address (VPC User Guide, "DNS attributes for your VPC"), and Fargate to the containers behind it. */
export function privateDnsName(address: string, region: string): string {
  return `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`
}
