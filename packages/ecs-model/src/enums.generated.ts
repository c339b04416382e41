// Made by scripts/generate-enums.ts from the type declarations of @aws-sdk/client-ecs. Do not edit.
const AcceleratorManufacturer = ["amazon-web-services","amd","habana","nvidia","xilinx"]
const AcceleratorName = ["a100","a10g","h100","inferentia","k520","k80","m60","radeon-pro-v520","t4","t4g","v100","vu9p"]
const AcceleratorType = ["fpga","gpu","inference"]
const AccessType = ["PRIVATE","PUBLIC"]
const AgentUpdateStatus = ["FAILED","PENDING","STAGED","STAGING","UPDATED","UPDATING"]
const ApplicationProtocol = ["grpc","http","http2"]
const AssignPublicIp = ["DISABLED","ENABLED"]
const AutoRepairActionsStatus = ["DISABLED","ENABLED"]
const AvailabilityZoneRebalancing = ["DISABLED","ENABLED"]
const BareMetal = ["excluded","included","required"]
const BurstablePerformance = ["excluded","included","required"]
const CPUArchitecture = ["ARM64","X86_64"]
const CapacityOptionType = ["ON_DEMAND","RESERVED","SPOT"]
const CapacityProviderField = ["TAGS"]
const CapacityProviderStatus = ["ACTIVE","DEPROVISIONING","INACTIVE","PROVISIONING"]
const CapacityProviderType = ["EC2_AUTOSCALING","FARGATE","FARGATE_SPOT","MANAGED_INSTANCES"]
const CapacityProviderUpdateStatus = ["CREATE_COMPLETE","CREATE_FAILED","CREATE_IN_PROGRESS","DELETE_COMPLETE","DELETE_FAILED","DELETE_IN_PROGRESS","UPDATE_COMPLETE","UPDATE_FAILED","UPDATE_IN_PROGRESS"]
const CapacityReservationPreference = ["RESERVATIONS_EXCLUDED","RESERVATIONS_FIRST","RESERVATIONS_ONLY"]
const ClusterField = ["ATTACHMENTS","CONFIGURATIONS","SETTINGS","STATISTICS","TAGS"]
const ClusterSettingName = ["containerInsights"]
const Compatibility = ["EC2","EXTERNAL","FARGATE","MANAGED_INSTANCES"]
const Connectivity = ["CONNECTED","DISCONNECTED"]
const ContainerCondition = ["COMPLETE","HEALTHY","START","SUCCESS"]
const ContainerInstanceField = ["CONTAINER_INSTANCE_HEALTH","TAGS"]
const ContainerInstanceStatus = ["ACTIVE","DEREGISTERING","DRAINING","REGISTERING","REGISTRATION_FAILED"]
const CpuManufacturer = ["amazon-web-services","amd","intel"]
const DaemonDeploymentRollbackMonitorsStatus = ["DISABLED","MONITORING","MONITORING_COMPLETE","TRIGGERED"]
const DaemonDeploymentStatus = ["IN_PROGRESS","PENDING","ROLLBACK_FAILED","ROLLBACK_IN_PROGRESS","ROLLBACK_SUCCESSFUL","STOPPED","STOP_REQUESTED","SUCCESSFUL"]
const DaemonIpcMode = ["none","shared"]
const DaemonPidMode = ["none","shared"]
const DaemonPropagateTags = ["DAEMON","NONE"]
const DaemonStatus = ["ACTIVE","DELETE_IN_PROGRESS"]
const DaemonTaskDefinitionRevisionFilter = ["LAST_REGISTERED"]
const DaemonTaskDefinitionStatus = ["ACTIVE","DELETED","DELETE_IN_PROGRESS"]
const DaemonTaskDefinitionStatusFilter = ["ACTIVE","ALL","DELETE_IN_PROGRESS"]
const DeploymentControllerType = ["CODE_DEPLOY","ECS","EXTERNAL"]
const DeploymentLifecycleHookAction = ["CONTINUE","ROLLBACK"]
const DeploymentLifecycleHookStage = ["POST_PRODUCTION_TRAFFIC_SHIFT","POST_SCALE_UP","POST_TEST_TRAFFIC_SHIFT","PRE_PRODUCTION_TRAFFIC_SHIFT","PRE_SCALE_UP","PRODUCTION_TRAFFIC_SHIFT","RECONCILE_SERVICE","TEST_TRAFFIC_SHIFT"]
const DeploymentLifecycleHookStatus = ["AWAITING_ACTION","FAILED","IN_PROGRESS","SUCCEEDED","TIMED_OUT"]
const DeploymentLifecycleHookTargetType = ["AWS_LAMBDA","PAUSE"]
const DeploymentRolloutState = ["COMPLETED","FAILED","IN_PROGRESS"]
const DeploymentStrategy = ["BLUE_GREEN","CANARY","LINEAR","ROLLING"]
const DesiredStatus = ["PENDING","RUNNING","STOPPED"]
const DeviceCgroupPermission = ["mknod","read","write"]
const EBSResourceType = ["volume"]
const EFSAuthorizationConfigIAM = ["DISABLED","ENABLED"]
const EFSTransitEncryption = ["DISABLED","ENABLED"]
const EnvironmentFileType = ["s3"]
const ExecuteCommandLogging = ["DEFAULT","NONE","OVERRIDE"]
const ExpressCpuArchitecture = ["ARM64","X86_64"]
const ExpressGatewayServiceInclude = ["TAGS"]
const ExpressGatewayServiceScalingMetric = ["AVERAGE_CPU","AVERAGE_MEMORY","REQUEST_COUNT_PER_TARGET"]
const ExpressGatewayServiceStatusCode = ["ACTIVE","DRAINING","INACTIVE"]
const FirelensConfigurationType = ["fluentbit","fluentd"]
const GatewayAlbDesyncMitigationMode = ["defensive","monitor","strictest"]
const GatewayAlbProtocol = ["HTTP","HTTPS"]
const GatewayClusterAssociationStatus = ["ACTIVE","DISASSOCIATING","INACTIVE"]
const GatewayConnectorHealthCheckProtocol = ["HTTP","HTTPS"]
const GatewayElbIpAddressType = ["dualstack","dualstack-without-public-ipv4","ipv4"]
const GatewayElbScheme = ["internal","internet-facing"]
const GatewayRouteStatus = ["ACTIVE","CREATE_FAILED","CREATE_IN_PROGRESS","DELETE_FAILED","DELETE_IN_PROGRESS","UPDATE_FAILED","UPDATE_IN_PROGRESS"]
const GatewayStatus = ["ACTIVE","DELETED","UPDATE_COMPLETE","UPDATE_FAILED","UPDATE_IN_PROGRESS"]
const GpuSharingMode = ["DEDICATED","IDLE","NVIDIA_MPS"]
const HealthStatus = ["HEALTHY","UNHEALTHY","UNKNOWN"]
const InstanceGeneration = ["current","previous"]
const InstanceHealthCheckState = ["IMPAIRED","INITIALIZING","INSUFFICIENT_DATA","OK"]
const InstanceHealthCheckType = ["ACCELERATED_COMPUTE","AGENT_CONNECTIVITY","CONTAINER_RUNTIME","DAEMON"]
const IpcMode = ["host","none","task"]
const LaunchType = ["EC2","EXTERNAL","FARGATE","MANAGED_INSTANCES"]
const LocalStorage = ["excluded","included","required"]
const LocalStorageType = ["hdd","ssd"]
const LogDriver = ["awsfirelens","awslogs","fluentd","gelf","journald","json-file","splunk","syslog"]
const ManagedAgentName = ["ExecuteCommandAgent"]
const ManagedDraining = ["DISABLED","ENABLED"]
const ManagedInstancesMonitoringOptions = ["BASIC","DETAILED"]
const ManagedResourceStatus = ["ACTIVE","DELETED","DEPROVISIONING","FAILED","PROVISIONING"]
const ManagedScalingStatus = ["DISABLED","ENABLED"]
const ManagedTerminationProtection = ["DISABLED","ENABLED"]
const NetworkMode = ["awsvpc","bridge","host","none"]
const OSFamily = ["LINUX","WINDOWS_SERVER_2004_CORE","WINDOWS_SERVER_2016_FULL","WINDOWS_SERVER_2019_CORE","WINDOWS_SERVER_2019_FULL","WINDOWS_SERVER_2022_CORE","WINDOWS_SERVER_2022_FULL","WINDOWS_SERVER_2025_CORE","WINDOWS_SERVER_2025_FULL","WINDOWS_SERVER_20H2_CORE"]
const PidMode = ["host","task"]
const PlacementConstraintType = ["distinctInstance","memberOf"]
const PlacementStrategyType = ["binpack","random","spread"]
const PlatformDeviceType = ["GPU","NEURON_DEVICE"]
const PropagateGatewayTags = ["GATEWAY","NONE"]
const PropagateMITags = ["CAPACITY_PROVIDER","NONE"]
const PropagateTags = ["NONE","SERVICE","TASK_DEFINITION"]
const ProxyConfigurationType = ["APPMESH"]
const ResourceManagementType = ["CUSTOMER","ECS"]
const ResourceType = ["GPU","InferenceAccelerator","NeuronDevice"]
const ScaleUnit = ["PERCENT"]
const SchedulingStrategy = ["DAEMON","REPLICA"]
const Scope = ["shared","task"]
const ServiceConnectAccessLoggingFormat = ["JSON","TEXT"]
const ServiceConnectIncludeQueryParameters = ["DISABLED","ENABLED"]
const ServiceDeploymentLifecycleStage = ["BAKE_TIME","CLEAN_UP","POST_PRODUCTION_TRAFFIC_SHIFT","POST_SCALE_UP","POST_TEST_TRAFFIC_SHIFT","PRE_SCALE_UP","PRODUCTION_TRAFFIC_SHIFT","RECONCILE_SERVICE","SCALE_UP","TEST_TRAFFIC_SHIFT"]
const ServiceDeploymentRollbackMonitorsStatus = ["DISABLED","MONITORING","MONITORING_COMPLETE","TRIGGERED"]
const ServiceDeploymentStatus = ["IN_PROGRESS","PENDING","ROLLBACK_FAILED","ROLLBACK_IN_PROGRESS","ROLLBACK_REQUESTED","ROLLBACK_SUCCESSFUL","STOPPED","STOP_REQUESTED","SUCCESSFUL"]
const ServiceField = ["TAGS"]
const ServiceRevisionCleanup = ["BLOCKING","DEFERRED"]
const SettingName = ["awsvpcTrunking","containerInsights","containerInstanceLongArnFormat","defaultLogDriverMode","fargateEventWindows","fargateFIPSMode","fargateTaskRetirementWaitPeriod","guardDutyActivate","serviceLongArnFormat","tagResourceAuthorization","taskLongArnFormat"]
const SettingType = ["aws_managed","user"]
const SortOrder = ["ASC","DESC"]
const StabilityStatus = ["STABILIZING","STEADY_STATE"]
const StopServiceDeploymentStopType = ["ABORT","ROLLBACK"]
const TargetType = ["container-instance"]
const TaskDefinitionFamilyStatus = ["ACTIVE","ALL","INACTIVE"]
const TaskDefinitionField = ["TAGS"]
const TaskDefinitionPlacementConstraintType = ["memberOf"]
const TaskDefinitionStatus = ["ACTIVE","DELETE_IN_PROGRESS","INACTIVE"]
const TaskField = ["TAGS"]
const TaskFilesystemType = ["ext3","ext4","ntfs","xfs"]
const TaskSetField = ["TAGS"]
const TaskStopCode = ["EssentialContainerExited","InfrastructureHealth","ServiceSchedulerInitiated","SpotInterruption","TaskFailedToStart","TerminationNotice","UserInitiated"]
const ThresholdType = ["BOUNDED_PERCENT","COUNT","UNBOUNDED_PERCENT"]
const TransportProtocol = ["tcp","udp"]
const UlimitName = ["core","cpu","data","fsize","locks","memlock","msgqueue","nice","nofile","nproc","rss","rtprio","rttime","sigpending","stack"]
const VersionConsistency = ["disabled","enabled"]

/** ECS’s own name of each of these lists. */
export const enumNames: ReadonlyMap<readonly string[], string> = new Map<readonly string[], string>([
  [AcceleratorManufacturer, 'AcceleratorManufacturer'],
  [AcceleratorName, 'AcceleratorName'],
  [AcceleratorType, 'AcceleratorType'],
  [AccessType, 'AccessType'],
  [AgentUpdateStatus, 'AgentUpdateStatus'],
  [ApplicationProtocol, 'ApplicationProtocol'],
  [AssignPublicIp, 'AssignPublicIp'],
  [AutoRepairActionsStatus, 'AutoRepairActionsStatus'],
  [AvailabilityZoneRebalancing, 'AvailabilityZoneRebalancing'],
  [BareMetal, 'BareMetal'],
  [BurstablePerformance, 'BurstablePerformance'],
  [CPUArchitecture, 'CPUArchitecture'],
  [CapacityOptionType, 'CapacityOptionType'],
  [CapacityProviderField, 'CapacityProviderField'],
  [CapacityProviderStatus, 'CapacityProviderStatus'],
  [CapacityProviderType, 'CapacityProviderType'],
  [CapacityProviderUpdateStatus, 'CapacityProviderUpdateStatus'],
  [CapacityReservationPreference, 'CapacityReservationPreference'],
  [ClusterField, 'ClusterField'],
  [ClusterSettingName, 'ClusterSettingName'],
  [Compatibility, 'Compatibility'],
  [Connectivity, 'Connectivity'],
  [ContainerCondition, 'ContainerCondition'],
  [ContainerInstanceField, 'ContainerInstanceField'],
  [ContainerInstanceStatus, 'ContainerInstanceStatus'],
  [CpuManufacturer, 'CpuManufacturer'],
  [DaemonDeploymentRollbackMonitorsStatus, 'DaemonDeploymentRollbackMonitorsStatus'],
  [DaemonDeploymentStatus, 'DaemonDeploymentStatus'],
  [DaemonIpcMode, 'DaemonIpcMode'],
  [DaemonPidMode, 'DaemonPidMode'],
  [DaemonPropagateTags, 'DaemonPropagateTags'],
  [DaemonStatus, 'DaemonStatus'],
  [DaemonTaskDefinitionRevisionFilter, 'DaemonTaskDefinitionRevisionFilter'],
  [DaemonTaskDefinitionStatus, 'DaemonTaskDefinitionStatus'],
  [DaemonTaskDefinitionStatusFilter, 'DaemonTaskDefinitionStatusFilter'],
  [DeploymentControllerType, 'DeploymentControllerType'],
  [DeploymentLifecycleHookAction, 'DeploymentLifecycleHookAction'],
  [DeploymentLifecycleHookStage, 'DeploymentLifecycleHookStage'],
  [DeploymentLifecycleHookStatus, 'DeploymentLifecycleHookStatus'],
  [DeploymentLifecycleHookTargetType, 'DeploymentLifecycleHookTargetType'],
  [DeploymentRolloutState, 'DeploymentRolloutState'],
  [DeploymentStrategy, 'DeploymentStrategy'],
  [DesiredStatus, 'DesiredStatus'],
  [DeviceCgroupPermission, 'DeviceCgroupPermission'],
  [EBSResourceType, 'EBSResourceType'],
  [EFSAuthorizationConfigIAM, 'EFSAuthorizationConfigIAM'],
  [EFSTransitEncryption, 'EFSTransitEncryption'],
  [EnvironmentFileType, 'EnvironmentFileType'],
  [ExecuteCommandLogging, 'ExecuteCommandLogging'],
  [ExpressCpuArchitecture, 'ExpressCpuArchitecture'],
  [ExpressGatewayServiceInclude, 'ExpressGatewayServiceInclude'],
  [ExpressGatewayServiceScalingMetric, 'ExpressGatewayServiceScalingMetric'],
  [ExpressGatewayServiceStatusCode, 'ExpressGatewayServiceStatusCode'],
  [FirelensConfigurationType, 'FirelensConfigurationType'],
  [GatewayAlbDesyncMitigationMode, 'GatewayAlbDesyncMitigationMode'],
  [GatewayAlbProtocol, 'GatewayAlbProtocol'],
  [GatewayClusterAssociationStatus, 'GatewayClusterAssociationStatus'],
  [GatewayConnectorHealthCheckProtocol, 'GatewayConnectorHealthCheckProtocol'],
  [GatewayElbIpAddressType, 'GatewayElbIpAddressType'],
  [GatewayElbScheme, 'GatewayElbScheme'],
  [GatewayRouteStatus, 'GatewayRouteStatus'],
  [GatewayStatus, 'GatewayStatus'],
  [GpuSharingMode, 'GpuSharingMode'],
  [HealthStatus, 'HealthStatus'],
  [InstanceGeneration, 'InstanceGeneration'],
  [InstanceHealthCheckState, 'InstanceHealthCheckState'],
  [InstanceHealthCheckType, 'InstanceHealthCheckType'],
  [IpcMode, 'IpcMode'],
  [LaunchType, 'LaunchType'],
  [LocalStorage, 'LocalStorage'],
  [LocalStorageType, 'LocalStorageType'],
  [LogDriver, 'LogDriver'],
  [ManagedAgentName, 'ManagedAgentName'],
  [ManagedDraining, 'ManagedDraining'],
  [ManagedInstancesMonitoringOptions, 'ManagedInstancesMonitoringOptions'],
  [ManagedResourceStatus, 'ManagedResourceStatus'],
  [ManagedScalingStatus, 'ManagedScalingStatus'],
  [ManagedTerminationProtection, 'ManagedTerminationProtection'],
  [NetworkMode, 'NetworkMode'],
  [OSFamily, 'OSFamily'],
  [PidMode, 'PidMode'],
  [PlacementConstraintType, 'PlacementConstraintType'],
  [PlacementStrategyType, 'PlacementStrategyType'],
  [PlatformDeviceType, 'PlatformDeviceType'],
  [PropagateGatewayTags, 'PropagateGatewayTags'],
  [PropagateMITags, 'PropagateMITags'],
  [PropagateTags, 'PropagateTags'],
  [ProxyConfigurationType, 'ProxyConfigurationType'],
  [ResourceManagementType, 'ResourceManagementType'],
  [ResourceType, 'ResourceType'],
  [ScaleUnit, 'ScaleUnit'],
  [SchedulingStrategy, 'SchedulingStrategy'],
  [Scope, 'Scope'],
  [ServiceConnectAccessLoggingFormat, 'ServiceConnectAccessLoggingFormat'],
  [ServiceConnectIncludeQueryParameters, 'ServiceConnectIncludeQueryParameters'],
  [ServiceDeploymentLifecycleStage, 'ServiceDeploymentLifecycleStage'],
  [ServiceDeploymentRollbackMonitorsStatus, 'ServiceDeploymentRollbackMonitorsStatus'],
  [ServiceDeploymentStatus, 'ServiceDeploymentStatus'],
  [ServiceField, 'ServiceField'],
  [ServiceRevisionCleanup, 'ServiceRevisionCleanup'],
  [SettingName, 'SettingName'],
  [SettingType, 'SettingType'],
  [SortOrder, 'SortOrder'],
  [StabilityStatus, 'StabilityStatus'],
  [StopServiceDeploymentStopType, 'StopServiceDeploymentStopType'],
  [TargetType, 'TargetType'],
  [TaskDefinitionFamilyStatus, 'TaskDefinitionFamilyStatus'],
  [TaskDefinitionField, 'TaskDefinitionField'],
  [TaskDefinitionPlacementConstraintType, 'TaskDefinitionPlacementConstraintType'],
  [TaskDefinitionStatus, 'TaskDefinitionStatus'],
  [TaskField, 'TaskField'],
  [TaskFilesystemType, 'TaskFilesystemType'],
  [TaskSetField, 'TaskSetField'],
  [TaskStopCode, 'TaskStopCode'],
  [ThresholdType, 'ThresholdType'],
  [TransportProtocol, 'TransportProtocol'],
  [UlimitName, 'UlimitName'],
  [VersionConsistency, 'VersionConsistency'],
])

/** `Structure.member` → the values that ECS defines for it. */
export const enumOfMember: Readonly<Record<string, readonly string[]>> = {
  'AssociateGatewayWithClusterResponse.status': GatewayClusterAssociationStatus,
  'Attribute.targetType': TargetType,
  'AutoRepairConfiguration.actionsStatus': AutoRepairActionsStatus,
  'AutoScalingGroupProvider.managedDraining': ManagedDraining,
  'AutoScalingGroupProvider.managedTerminationProtection': ManagedTerminationProtection,
  'AutoScalingGroupProviderUpdate.managedDraining': ManagedDraining,
  'AutoScalingGroupProviderUpdate.managedTerminationProtection': ManagedTerminationProtection,
  'AwsVpcConfiguration.assignPublicIp': AssignPublicIp,
  'CapacityProvider.status': CapacityProviderStatus,
  'CapacityProvider.type': CapacityProviderType,
  'CapacityProvider.updateStatus': CapacityProviderUpdateStatus,
  'CapacityReservationRequest.reservationPreference': CapacityReservationPreference,
  'ClusterSetting.name': ClusterSettingName,
  'Container.healthStatus': HealthStatus,
  'ContainerDefinition.versionConsistency': VersionConsistency,
  'ContainerDependency.condition': ContainerCondition,
  'ContainerInstance.agentUpdateStatus': AgentUpdateStatus,
  'ContainerInstanceHealthStatus.overallStatus': InstanceHealthCheckState,
  'ContinueServiceDeploymentRequest.action': DeploymentLifecycleHookAction,
  'CreateDaemonRequest.propagateTags': DaemonPropagateTags,
  'CreateDaemonResponse.status': DaemonStatus,
  'CreateExpressGatewayServiceRequest.cpuArchitecture': ExpressCpuArchitecture,
  'CreateGatewayRequest.propagateTags': PropagateGatewayTags,
  'CreateGatewayResponse.status': GatewayStatus,
  'CreateManagedInstancesProviderConfiguration.propagateTags': PropagateMITags,
  'CreateServiceRequest.availabilityZoneRebalancing': AvailabilityZoneRebalancing,
  'CreateServiceRequest.launchType': LaunchType,
  'CreateServiceRequest.propagateTags': PropagateTags,
  'CreateServiceRequest.schedulingStrategy': SchedulingStrategy,
  'CreateTaskSetRequest.launchType': LaunchType,
  'DaemonCircuitBreaker.status': DaemonDeploymentRollbackMonitorsStatus,
  'DaemonDeployment.status': DaemonDeploymentStatus,
  'DaemonDeploymentAlarms.status': DaemonDeploymentRollbackMonitorsStatus,
  'DaemonDeploymentSummary.status': DaemonDeploymentStatus,
  'DaemonDetail.status': DaemonStatus,
  'DaemonRevision.propagateTags': DaemonPropagateTags,
  'DaemonSummary.status': DaemonStatus,
  'DaemonTaskDefinition.ipcMode': DaemonIpcMode,
  'DaemonTaskDefinition.pidMode': DaemonPidMode,
  'DaemonTaskDefinition.status': DaemonTaskDefinitionStatus,
  'DaemonTaskDefinitionSummary.status': DaemonTaskDefinitionStatus,
  'DeleteAccountSettingRequest.name': SettingName,
  'DeleteDaemonResponse.status': DaemonStatus,
  'DeleteGatewayResponse.status': GatewayStatus,
  'Deployment.launchType': LaunchType,
  'Deployment.rolloutState': DeploymentRolloutState,
  'DeploymentConfiguration.strategy': DeploymentStrategy,
  'DeploymentController.type': DeploymentControllerType,
  'DeploymentEarlySuccessCriteria.sourceServiceRevisionCleanup': ServiceRevisionCleanup,
  'DeploymentLifecycleHook.lifecycleStages': DeploymentLifecycleHookStage,
  'DeploymentLifecycleHook.targetType': DeploymentLifecycleHookTargetType,
  'DeploymentLifecycleHookDetail.status': DeploymentLifecycleHookStatus,
  'DeploymentLifecycleHookDetail.targetType': DeploymentLifecycleHookTargetType,
  'DeploymentLifecycleHookDetail.timeoutAction': DeploymentLifecycleHookAction,
  'DeploymentLifecycleHookTimeoutConfiguration.action': DeploymentLifecycleHookAction,
  'DescribeCapacityProvidersRequest.include': CapacityProviderField,
  'DescribeClustersRequest.include': ClusterField,
  'DescribeContainerInstancesRequest.include': ContainerInstanceField,
  'DescribeExpressGatewayServiceRequest.include': ExpressGatewayServiceInclude,
  'DescribeGatewayAlbConfiguration.httpDesync': GatewayAlbDesyncMitigationMode,
  'DescribeGatewayAlbConfiguration.protocol': GatewayAlbProtocol,
  'DescribeGatewayAlbConfiguration.scheme': GatewayElbScheme,
  'DescribeServicesRequest.include': ServiceField,
  'DescribeTaskDefinitionRequest.include': TaskDefinitionField,
  'DescribeTaskSetsRequest.include': TaskSetField,
  'DescribeTasksRequest.include': TaskField,
  'Device.permissions': DeviceCgroupPermission,
  'DisassociateGatewayFromClusterResponse.status': GatewayClusterAssociationStatus,
  'DockerVolumeConfiguration.scope': Scope,
  'EBSTagSpecification.propagateTags': PropagateTags,
  'EBSTagSpecification.resourceType': EBSResourceType,
  'EFSAuthorizationConfig.iam': EFSAuthorizationConfigIAM,
  'EFSVolumeConfiguration.transitEncryption': EFSTransitEncryption,
  'EnvironmentFile.type': EnvironmentFileType,
  'ExecuteCommandConfiguration.logging': ExecuteCommandLogging,
  'ExpressGatewayScalingTarget.autoScalingMetric': ExpressGatewayServiceScalingMetric,
  'ExpressGatewayServiceConfiguration.cpuArchitecture': ExpressCpuArchitecture,
  'ExpressGatewayServiceStatus.statusCode': ExpressGatewayServiceStatusCode,
  'FirelensConfiguration.type': FirelensConfigurationType,
  'Gateway.accessType': AccessType,
  'Gateway.propagateTags': PropagateGatewayTags,
  'Gateway.status': GatewayStatus,
  'GatewayClusterAssociationSummary.status': GatewayClusterAssociationStatus,
  'GatewayConnection.accessType': AccessType,
  'GatewayConnection.status': GatewayRouteStatus,
  'GatewayConnectorFilters.accessTypes': AccessType,
  'GatewayConnectorHealthCheck.healthCheckProtocol': GatewayConnectorHealthCheckProtocol,
  'GatewayElbNetworkConfiguration.ipAddressType': GatewayElbIpAddressType,
  'GatewayRoute.status': GatewayRouteStatus,
  'GatewayRouteSummary.status': GatewayRouteStatus,
  'GatewaySummary.status': GatewayStatus,
  'GpuDevice.sharingMode': GpuSharingMode,
  'HostSharedAlbConfiguration.httpDesync': GatewayAlbDesyncMitigationMode,
  'HostSharedAlbConfiguration.protocol': GatewayAlbProtocol,
  'HostSharedAlbConfiguration.scheme': GatewayElbScheme,
  'IngressPathSummary.accessType': AccessType,
  'InstanceHealthCheckResult.status': InstanceHealthCheckState,
  'InstanceHealthCheckResult.type': InstanceHealthCheckType,
  'InstanceLaunchTemplate.capacityOptionType': CapacityOptionType,
  'InstanceLaunchTemplate.monitoring': ManagedInstancesMonitoringOptions,
  'InstanceLaunchTemplateUpdate.monitoring': ManagedInstancesMonitoringOptions,
  'InstanceRequirementsRequest.acceleratorManufacturers': AcceleratorManufacturer,
  'InstanceRequirementsRequest.acceleratorNames': AcceleratorName,
  'InstanceRequirementsRequest.acceleratorTypes': AcceleratorType,
  'InstanceRequirementsRequest.bareMetal': BareMetal,
  'InstanceRequirementsRequest.burstablePerformance': BurstablePerformance,
  'InstanceRequirementsRequest.cpuManufacturers': CpuManufacturer,
  'InstanceRequirementsRequest.instanceGenerations': InstanceGeneration,
  'InstanceRequirementsRequest.localStorage': LocalStorage,
  'InstanceRequirementsRequest.localStorageTypes': LocalStorageType,
  'ListAccountSettingsRequest.name': SettingName,
  'ListAttributesRequest.targetType': TargetType,
  'ListContainerInstancesRequest.status': ContainerInstanceStatus,
  'ListDaemonDeploymentsRequest.status': DaemonDeploymentStatus,
  'ListDaemonTaskDefinitionsRequest.revision': DaemonTaskDefinitionRevisionFilter,
  'ListDaemonTaskDefinitionsRequest.sort': SortOrder,
  'ListDaemonTaskDefinitionsRequest.status': DaemonTaskDefinitionStatusFilter,
  'ListGatewayClusterAssociationsRequest.status': GatewayClusterAssociationStatus,
  'ListGatewayRoutesRequest.status': GatewayRouteStatus,
  'ListGatewaysRequest.status': GatewayStatus,
  'ListServiceDeploymentsRequest.status': ServiceDeploymentStatus,
  'ListServicesRequest.launchType': LaunchType,
  'ListServicesRequest.resourceManagementType': ResourceManagementType,
  'ListServicesRequest.schedulingStrategy': SchedulingStrategy,
  'ListTaskDefinitionFamiliesRequest.status': TaskDefinitionFamilyStatus,
  'ListTaskDefinitionsRequest.sort': SortOrder,
  'ListTaskDefinitionsRequest.status': TaskDefinitionStatus,
  'ListTasksRequest.desiredStatus': DesiredStatus,
  'ListTasksRequest.launchType': LaunchType,
  'LogConfiguration.logDriver': LogDriver,
  'LogDriverVolumeConfiguration.driver': LogDriver,
  'ManagedAgent.name': ManagedAgentName,
  'ManagedAgentStateChange.managedAgentName': ManagedAgentName,
  'ManagedApplicationAutoScalingPolicy.status': ManagedResourceStatus,
  'ManagedCertificate.status': ManagedResourceStatus,
  'ManagedIngressPath.accessType': AccessType,
  'ManagedInstancesProvider.propagateTags': PropagateMITags,
  'ManagedListener.status': ManagedResourceStatus,
  'ManagedListenerRule.status': ManagedResourceStatus,
  'ManagedLoadBalancer.status': ManagedResourceStatus,
  'ManagedLogGroup.status': ManagedResourceStatus,
  'ManagedMetricAlarm.status': ManagedResourceStatus,
  'ManagedScalableTarget.status': ManagedResourceStatus,
  'ManagedScaling.status': ManagedScalingStatus,
  'ManagedSecurityGroup.status': ManagedResourceStatus,
  'ManagedTargetGroup.status': ManagedResourceStatus,
  'NetworkBinding.protocol': TransportProtocol,
  'PlacementConstraint.type': PlacementConstraintType,
  'PlacementStrategy.type': PlacementStrategyType,
  'PlatformDevice.type': PlatformDeviceType,
  'PortMapping.appProtocol': ApplicationProtocol,
  'PortMapping.protocol': TransportProtocol,
  'ProxyConfiguration.type': ProxyConfigurationType,
  'PutAccountSettingDefaultRequest.name': SettingName,
  'PutAccountSettingRequest.name': SettingName,
  'RegisterDaemonTaskDefinitionRequest.ipcMode': DaemonIpcMode,
  'RegisterDaemonTaskDefinitionRequest.pidMode': DaemonPidMode,
  'RegisterTaskDefinitionRequest.ipcMode': IpcMode,
  'RegisterTaskDefinitionRequest.networkMode': NetworkMode,
  'RegisterTaskDefinitionRequest.pidMode': PidMode,
  'RegisterTaskDefinitionRequest.requiresCompatibilities': Compatibility,
  'ResourceRequirement.type': ResourceType,
  'RunTaskRequest.launchType': LaunchType,
  'RunTaskRequest.propagateTags': PropagateTags,
  'RuntimePlatform.cpuArchitecture': CPUArchitecture,
  'RuntimePlatform.operatingSystemFamily': OSFamily,
  'Scale.unit': ScaleUnit,
  'Service.availabilityZoneRebalancing': AvailabilityZoneRebalancing,
  'Service.launchType': LaunchType,
  'Service.propagateTags': PropagateTags,
  'Service.resourceManagementType': ResourceManagementType,
  'Service.schedulingStrategy': SchedulingStrategy,
  'ServiceConnectAccessLogConfiguration.format': ServiceConnectAccessLoggingFormat,
  'ServiceConnectAccessLogConfiguration.includeQueryParameters': ServiceConnectIncludeQueryParameters,
  'ServiceDeployment.lifecycleStage': ServiceDeploymentLifecycleStage,
  'ServiceDeployment.status': ServiceDeploymentStatus,
  'ServiceDeploymentAlarms.status': ServiceDeploymentRollbackMonitorsStatus,
  'ServiceDeploymentBrief.status': ServiceDeploymentStatus,
  'ServiceDeploymentCircuitBreaker.status': ServiceDeploymentRollbackMonitorsStatus,
  'ServiceManagedEBSVolumeConfiguration.filesystemType': TaskFilesystemType,
  'ServiceRevision.launchType': LaunchType,
  'Setting.name': SettingName,
  'Setting.type': SettingType,
  'StartTaskRequest.propagateTags': PropagateTags,
  'StopServiceDeploymentRequest.stopType': StopServiceDeploymentStopType,
  'Task.connectivity': Connectivity,
  'Task.healthStatus': HealthStatus,
  'Task.launchType': LaunchType,
  'Task.stopCode': TaskStopCode,
  'TaskDefinition.compatibilities': Compatibility,
  'TaskDefinition.ipcMode': IpcMode,
  'TaskDefinition.networkMode': NetworkMode,
  'TaskDefinition.pidMode': PidMode,
  'TaskDefinition.requiresCompatibilities': Compatibility,
  'TaskDefinition.status': TaskDefinitionStatus,
  'TaskDefinitionPlacementConstraint.type': TaskDefinitionPlacementConstraintType,
  'TaskManagedEBSVolumeConfiguration.filesystemType': TaskFilesystemType,
  'TaskSet.launchType': LaunchType,
  'TaskSet.stabilityStatus': StabilityStatus,
  'ThresholdConfiguration.type': ThresholdType,
  'Ulimit.name': UlimitName,
  'UpdateContainerInstancesStateRequest.status': ContainerInstanceStatus,
  'UpdateDaemonRequest.propagateTags': DaemonPropagateTags,
  'UpdateDaemonResponse.status': DaemonStatus,
  'UpdateExpressGatewayServiceRequest.cpuArchitecture': ExpressCpuArchitecture,
  'UpdateGatewayAlbConfiguration.httpDesync': GatewayAlbDesyncMitigationMode,
  'UpdateGatewayRequest.propagateTags': PropagateGatewayTags,
  'UpdateGatewayResponse.status': GatewayStatus,
  'UpdateManagedInstancesProviderConfiguration.propagateTags': PropagateMITags,
  'UpdateServiceRequest.availabilityZoneRebalancing': AvailabilityZoneRebalancing,
  'UpdateServiceRequest.propagateTags': PropagateTags,
}
