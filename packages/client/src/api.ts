// Made by `npm run client` from the gateway’s openapi.json. Do not edit.
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    /** @enum {string} */
    AccessType: 'PRIVATE' | 'PUBLIC'
    /**
     * @example {
     *       "name": "local",
     *       "region": "us-east-1",
     *       "mode": "local",
     *       "runtime": "simulated",
     *       "number": "381042265431",
     *       "reachable": true
     *     }
     */
    Account: {
      /** @description The name in the configuration and in paths. */
      name: string
      region: string
      /** @description `local`: an account of the embedded engine. */
      mode: 'aws' | 'local'
      /** @description The runtime of its tasks: `fargate`; for a local account `docker`, `podman`, or `simulated`, which has no real containers. */
      runtime: string
      /** @description The twelve-digit account number; for local accounts only. */
      number?: string
      /** @description Whether AWS accepts the account’s credentials and responds. */
      reachable: boolean
      /** @description Why the account is not reachable. */
      reason?: string
      console?: components['schemas']['AccountConsole']
      events?: components['schemas']['EventFeed']
    }
    /** @description How the console shows the account. */
    AccountConsole: {
      /** @description Of a line on top of the account’s pages, such as `#c0271c`. */
      colour: string
    }
    AccountDiagnosis: {
      status: components['schemas']['DiagnosisStatus']
      summary: string
      /** @description The services that are not healthy, the most urgent first. */
      services: components['schemas']['ServiceDiagnosis'][]
      notChecked: components['schemas']['NotChecked'][]
    }
    /** @description All accounts. */
    AccountList: {
      items: components['schemas']['Account'][]
      nextCursor: null
    }
    /**
     * Load balancer settings of a blue/green deployment
     * @description The second target group and the listener rules between which a deployment shifts traffic.
     */
    AdvancedConfiguration: {
      alternateTargetGroupArn?: string
      productionListenerRule?: string
      testListenerRule?: string
      roleArn?: string
    }
    /** @enum {string} */
    ApplicationProtocol: 'grpc' | 'http' | 'http2'
    /** @enum {string} */
    AssignPublicIp: 'DISABLED' | 'ENABLED'
    /**
     * Attachment of a task or of a cluster
     * @description The network interface or a volume of a task, or the Service Connect namespace of a cluster.
     */
    Attachment: {
      id: string
      type: string
      status: components['schemas']['AttachmentStatus']
      /** @description A map: name → value. */
      details: {
        [key: string]: string
      }
    }
    AttachmentStatus:
      | ('PRECREATED' | 'CREATED' | 'ATTACHING' | 'ATTACHED' | 'DETACHING' | 'DETACHED' | 'DELETED' | 'FAILED')
      | (string & {})
    /**
     * ECS attribute
     * @description A property of a task, or a property that a task definition needs from its host.
     */
    Attribute: {
      name: string
      value?: string
      targetType?: components['schemas']['AttributeTargetType']
      targetId?: string
    }
    AttributeTargetType: 'container-instance' | (string & {})
    AuditEntry: {
      id: string
      /**
       * Format: date-time
       * @description When the request arrived.
       */
      at: string
      /** @description Null while the request is in progress, and when the process died meanwhile. */
      finishedAt: string | null
      /** @description The X-Request-Id of the response. */
      requestId: string
      /** @description The name of the token, or `oidc:` and the name of a person. */
      caller: string
      role: string
      /** @description The client’s address. */
      source: string
      /** @description Method and route. */
      action: string
      path: string
      account: string | null
      cluster: string | null
      service: string | null
      /** @description Query and body, without values that may be secret. */
      input: unknown
      status: number | null
      code: string | null
      /** @description The request ids of the writes to AWS. */
      awsRequestIds: string[]
      /** @description The deployment that the request made. Null when it made none, and when an older version of the gateway, which stored no deployments, has written the entry. */
      deployment: components['schemas']['AuditedDeployment'] | null
    }
    AuditEntryList: {
      items: components['schemas']['AuditEntry'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    AuditedDeployment: {
      id: string | null
      outcome: components['schemas']['AuditedOutcome']
      reason: string | null
      /** @description Null while the deployment is under way, and when the time is not known. */
      endedAt: string | null
    }
    /**
     * @description As of a release. It is stored when the deployment ends, so it outlives the service. `superseded`: a later change ended the deployment. `unknown`: the gateway could not read the end, and `reason` says why.
     * @enum {string}
     */
    AuditedOutcome: 'under-way' | 'stable' | 'failed' | 'superseded' | 'rolled-back' | 'unknown'
    /** @enum {string} */
    AvailabilityZoneRebalancing: 'DISABLED' | 'ENABLED'
    AwsVpcConfiguration: {
      subnets: string[]
      securityGroups?: string[]
      assignPublicIp?: components['schemas']['AssignPublicIp'] | (string & {})
    }
    /** @enum {string} */
    CPUArchitecture: 'ARM64' | 'X86_64'
    /** @enum {string} */
    CallerPermission: 'read' | 'change' | 'administer' | 'exec'
    CanaryConfiguration: {
      canaryPercent?: number
      canaryBakeTimeInMinutes?: number
    }
    CanaryConfigurationPatch: {
      canaryPercent?: number | null
      canaryBakeTimeInMinutes?: number | null
    }
    CapacityProviderStrategyItem: {
      capacityProvider: string
      weight?: number
      base?: number
    }
    Cause: {
      /**
       * @description The cause: `/docs/causes` lists all codes. `Unknown` has the wording of AWS in `evidence`.
       * @example ImageNotFound
       */
      code: string
      severity: components['schemas']['CauseSeverity']
      summary: string
      evidence: components['schemas']['Evidence'][]
      /** @description What to do, the most promising step first. */
      next: components['schemas']['NextStep'][]
      /** @description Whether ECS can succeed with the same configuration when it tries again. */
      retryable: boolean
      /** @description The page about the cause. */
      docs: string
    }
    /**
     * @description `expected` is part of normal operation.
     * @enum {string}
     */
    CauseSeverity: 'expected' | 'warning' | 'error'
    Change: {
      /**
       * @description A JSON Pointer.
       * @example /containers/web/image
       */
      path: string
      /** @description The value before; null when it is absent. */
      from: unknown
      /** @description The value after; null when it is absent. */
      to: unknown
    }
    ChangedCluster: {
      /** @constant */
      kind: 'cluster'
      /** @description The name of the cluster. */
      cluster: string
      name: string
      resource: components['schemas']['Cluster']
      /** @description Seconds since AWS described the resource. */
      age: number
    }
    ChangedResource:
      | components['schemas']['ChangedCluster']
      | components['schemas']['ChangedService']
      | components['schemas']['ChangedTask']
    ChangedService: {
      /** @constant */
      kind: 'service'
      /** @description The name of the cluster. */
      cluster: string
      name: string
      resource: components['schemas']['Service']
      /** @description Seconds since AWS described the resource. */
      age: number
    }
    ChangedTask: {
      /** @constant */
      kind: 'task'
      /** @description The name of the cluster. */
      cluster: string
      id: string
      resource: components['schemas']['Task']
      /** @description Seconds since AWS described the resource. */
      age: number
    }
    /** @description One resource: after a change, or before its deletion. */
    ChangesChangeEvent: {
      /** @description The value of `Last-Event-ID` or `?cursor=` to resume after this event. */
      id: string
      /** @enum {string} */
      event: 'change' | 'deleted'
      data: components['schemas']['ChangedResource']
    }
    /** @description A page of the resources as they are when the stream begins. */
    ChangesStateEvent: {
      /** @description The value of `Last-Event-ID` or `?cursor=` to resume after this event. */
      id: string
      /** @constant */
      event: 'state'
      data: components['schemas']['ChangesStatePage']
    }
    ChangesStatePage: {
      items: components['schemas']['ChangedResource'][]
      /** @description Resources in later pages, and deletions before the last page; 0 in the last page only. */
      remaining: number
    }
    /**
     * @example {
     *       "name": "prod",
     *       "arn": "arn:aws:ecs:us-east-1:111122223333:cluster/prod",
     *       "status": "ACTIVE",
     *       "registeredContainerInstancesCount": 0,
     *       "runningTasksCount": 0,
     *       "pendingTasksCount": 0,
     *       "activeServicesCount": 0,
     *       "statistics": {},
     *       "tags": {
     *         "team": "web"
     *       },
     *       "settings": {
     *         "containerInsights": "enabled"
     *       },
     *       "capacityProviders": [],
     *       "defaultCapacityProviderStrategy": [],
     *       "configVersion": "9WcMtBkRiJywuZ-T"
     *     }
     */
    Cluster: {
      arn: string
      name: string
      configuration?: components['schemas']['ClusterConfiguration']
      status: components['schemas']['ClusterStatus']
      registeredContainerInstancesCount: number
      runningTasksCount: number
      pendingTasksCount: number
      activeServicesCount: number
      /** @description A map: name → value. */
      statistics: {
        [key: string]: string
      }
      /** @description A map: key → value. */
      tags: {
        [key: string]: string
      }
      /** @description A map: name → value. */
      settings: {
        [key: string]: string
      }
      capacityProviders: string[]
      defaultCapacityProviderStrategy: components['schemas']['CapacityProviderStrategyItem'][]
      attachments?: components['schemas']['Attachment'][]
      attachmentsStatus?: components['schemas']['ClusterAttachmentsStatus']
      serviceConnectDefaults?: components['schemas']['ClusterServiceConnectDefaults']
      /** @description Version of the fields that clients can set, for `If-Match`. */
      configVersion: string
    }
    ClusterAttachmentsStatus: ('UPDATE_IN_PROGRESS' | 'UPDATE_COMPLETE' | 'UPDATE_FAILED') | (string & {})
    ClusterConfiguration: {
      executeCommandConfiguration?: components['schemas']['ExecuteCommandConfiguration']
      managedStorageConfiguration?: components['schemas']['ManagedStorageConfiguration']
    }
    ClusterConfigurationInput: {
      executeCommandConfiguration?: components['schemas']['ExecuteCommandConfigurationInput']
      managedStorageConfiguration?: components['schemas']['ManagedStorageConfiguration']
    }
    ClusterConfigurationPatch: {
      executeCommandConfiguration?: components['schemas']['ExecuteCommandConfigurationPatch'] | null
      managedStorageConfiguration?: components['schemas']['ManagedStorageConfigurationPatch'] | null
    }
    /** @description This is the form of this API. The body can also be the input of ECS’s CreateCluster, as `--cli-input-json` of the AWS CLI takes it: `{"clusterName":"prod","settings":[{"name":"containerInsights","value":"enabled"}],"tags":[{"key":"team","value":"web"}]}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    ClusterCreate: {
      /** @description ECS’s `clusterName`. */
      name?: string
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      /** @description A map: name → value. */
      settings?: {
        [key: string]: string
      }
      configuration?: components['schemas']['ClusterConfigurationInput']
      capacityProviders?: string[]
      defaultCapacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      serviceConnectDefaults?: components['schemas']['ClusterServiceConnectDefaultsRequest']
    }
    ClusterEvent: {
      /** @description Name of the service. */
      service: string
    } & components['schemas']['ServiceEvent']
    ClusterEventList: {
      items: components['schemas']['ClusterEvent'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    ClusterList: {
      items: components['schemas']['Cluster'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    /** @description This is the form of this API. The body can also be the input of ECS’s CreateCluster, as `--cli-input-json` of the AWS CLI takes it: `{"settings":[{"name":"containerInsights","value":"enabled"}],"tags":[{"key":"team","value":"web"}]}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    ClusterPatch: {
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string | null
      } | null
      /** @description A map: name → value. */
      settings?: {
        [key: string]: string
      }
      configuration?: components['schemas']['ClusterConfigurationPatch']
      capacityProviders?: string[] | null
      defaultCapacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][] | null
      serviceConnectDefaults?: components['schemas']['ClusterServiceConnectDefaultsRequestPatch'] | null
    }
    /** @description This is the form of this API. The body can also be the input of ECS’s CreateCluster, as `--cli-input-json` of the AWS CLI takes it: `{"settings":[{"name":"containerInsights","value":"enabled"}],"tags":[{"key":"team","value":"web"}]}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    ClusterPut: {
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      /** @description A map: name → value. */
      settings?: {
        [key: string]: string
      }
      configuration?: components['schemas']['ClusterConfigurationInput']
      capacityProviders?: string[]
      defaultCapacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      serviceConnectDefaults?: components['schemas']['ClusterServiceConnectDefaultsRequest']
    }
    ClusterServiceConnectDefaults: {
      namespace?: string
    }
    ClusterServiceConnectDefaultsRequest: {
      namespace: string
    }
    ClusterServiceConnectDefaultsRequestPatch: {
      namespace?: string
    }
    ClusterStatus: ('ACTIVE' | 'PROVISIONING' | 'DEPROVISIONING' | 'FAILED' | 'INACTIVE') | (string & {})
    ClusterStreamEvent: {
      id: string
      /** @enum {string} */
      event: 'state' | 'change' | 'deleted'
      data: components['schemas']['Cluster']
    }
    /** @enum {string} */
    Compatibility: 'EC2' | 'EXTERNAL' | 'FARGATE' | 'MANAGED_INSTANCES'
    Connectivity: ('CONNECTED' | 'DISCONNECTED') | (string & {})
    /**
     * Container of a task
     * @description A container as it runs. `ContainerDefinition` is the container as the task definition describes it.
     */
    Container: {
      arn: string
      /** @description The short name. */
      task: string
      name: string
      image?: string
      imageDigest?: string
      runtimeId?: string
      lastStatus: components['schemas']['ContainerStatus']
      exitCode?: number
      reason?: string
      networkBindings?: components['schemas']['NetworkBinding'][]
      networkInterfaces?: components['schemas']['NetworkInterface'][]
      healthStatus?: components['schemas']['HealthStatus']
      managedAgents?: components['schemas']['ManagedAgent'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number | string
      /** @description MiB. */
      memory?: number | string
      /** @description MiB. */
      memoryReservation?: number | string
      gpuIds?: string[]
      neuronDeviceIds?: string[]
      gpuSharingStrategy?: components['schemas']['SharingStrategy']
    }
    /** @enum {string} */
    ContainerCondition: 'COMPLETE' | 'HEALTHY' | 'START' | 'SUCCESS'
    /**
     * Container of a task definition
     * @description A container as the task definition describes it. `Container` is a running one.
     */
    ContainerDefinition: {
      name: string
      image: string
      repositoryCredentials?: components['schemas']['RepositoryCredentials']
      /** @description CPU units; 1024 are one vCPU. */
      cpu: number
      /** @description MiB. */
      memory?: number
      /** @description MiB. */
      memoryReservation?: number
      links?: string[]
      portMappings: components['schemas']['PortMapping'][]
      essential: boolean
      restartPolicy?: components['schemas']['ContainerRestartPolicy']
      entryPoint?: string[]
      command?: string[]
      /** @description A map: name → value. */
      environment: {
        [key: string]: string
      }
      environmentFiles?: components['schemas']['EnvironmentFile'][]
      mountPoints: components['schemas']['MountPoint'][]
      volumesFrom: components['schemas']['VolumeFrom'][]
      linuxParameters?: components['schemas']['LinuxParameters']
      /** @description A map: name → valueFrom. */
      secrets?: {
        [key: string]: string
      }
      dependsOn?: components['schemas']['ContainerDependency'][]
      startTimeout?: number
      stopTimeout?: number
      versionConsistency?: components['schemas']['VersionConsistency'] | (string & {})
      hostname?: string
      user?: string
      workingDirectory?: string
      disableNetworking?: boolean
      privileged?: boolean
      readonlyRootFilesystem?: boolean
      dnsServers?: string[]
      dnsSearchDomains?: string[]
      /** @description A map: hostname → ipAddress. */
      extraHosts?: {
        [key: string]: string
      }
      dockerSecurityOptions?: string[]
      interactive?: boolean
      pseudoTerminal?: boolean
      dockerLabels?: {
        [key: string]: string
      }
      ulimits?: components['schemas']['Ulimit'][]
      logConfiguration?: components['schemas']['LogConfiguration']
      healthCheck?: components['schemas']['HealthCheck']
      /** @description A map: namespace → value. */
      systemControls?: {
        [key: string]: string
      }
      resourceRequirements?: components['schemas']['ResourceRequirement'][]
      firelensConfiguration?: components['schemas']['FirelensConfiguration']
      credentialSpecs?: string[]
    }
    /**
     * Container of a task definition
     * @description A container as the task definition describes it. `Container` is a running one.
     */
    ContainerDefinitionInput: {
      /**
       * @description ECS’s `portMappings`.
       * @example [
       *       80,
       *       "53/udp"
       *     ]
       */
      ports?: (number | string)[]
      name: string
      image: string
      repositoryCredentials?: components['schemas']['RepositoryCredentials']
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number
      /** @description MiB. */
      memory?: number
      /** @description MiB. */
      memoryReservation?: number
      links?: string[]
      portMappings?: components['schemas']['PortMappingInput'][]
      essential?: boolean
      restartPolicy?: components['schemas']['ContainerRestartPolicy']
      entryPoint?: string[]
      command?: string[]
      /** @description A map: name → value. */
      environment?: {
        [key: string]: string
      }
      environmentFiles?: components['schemas']['EnvironmentFileInput'][]
      mountPoints?: components['schemas']['MountPoint'][]
      volumesFrom?: components['schemas']['VolumeFrom'][]
      linuxParameters?: components['schemas']['LinuxParametersInput']
      /** @description A map: name → valueFrom. */
      secrets?: {
        [key: string]: string
      }
      dependsOn?: components['schemas']['ContainerDependencyInput'][]
      startTimeout?: number
      stopTimeout?: number
      versionConsistency?: components['schemas']['VersionConsistency']
      hostname?: string
      user?: string
      workingDirectory?: string
      disableNetworking?: boolean
      privileged?: boolean
      readonlyRootFilesystem?: boolean
      dnsServers?: string[]
      dnsSearchDomains?: string[]
      /** @description A map: hostname → ipAddress. */
      extraHosts?: {
        [key: string]: string
      }
      dockerSecurityOptions?: string[]
      interactive?: boolean
      pseudoTerminal?: boolean
      dockerLabels?: {
        [key: string]: string
      }
      ulimits?: components['schemas']['UlimitInput'][]
      logConfiguration?: components['schemas']['LogConfigurationInput']
      healthCheck?: components['schemas']['HealthCheck']
      /** @description A map: namespace → value. */
      systemControls?: {
        [key: string]: string
      }
      resourceRequirements?: components['schemas']['ResourceRequirementInput'][]
      firelensConfiguration?: components['schemas']['FirelensConfigurationInput']
      credentialSpecs?: string[]
    }
    ContainerDependency: {
      containerName: string
      condition: components['schemas']['ContainerCondition'] | (string & {})
    }
    ContainerDependencyInput: {
      containerName: string
      condition: components['schemas']['ContainerCondition']
    }
    ContainerOverride: {
      name: string
      command?: string[]
      /** @description A map: name → value. */
      environment?: {
        [key: string]: string
      }
      environmentFiles?: components['schemas']['EnvironmentFile'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number
      /** @description MiB. */
      memory?: number
      /** @description MiB. */
      memoryReservation?: number
      resourceRequirements?: components['schemas']['ResourceRequirement'][]
    }
    ContainerOverrideInput: {
      name?: string
      command?: string[]
      /** @description A map: name → value. */
      environment?: {
        [key: string]: string
      }
      environmentFiles?: components['schemas']['EnvironmentFileInput'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number
      /** @description MiB. */
      memory?: number
      /** @description MiB. */
      memoryReservation?: number
      resourceRequirements?: components['schemas']['ResourceRequirementInput'][]
    }
    /**
     * Container of a task definition
     * @description A container as the task definition describes it. `Container` is a running one.
     */
    ContainerPatch: {
      /**
       * @description ECS’s `portMappings`.
       * @example [
       *       80,
       *       "53/udp"
       *     ]
       */
      ports?: (number | string)[] | null
      name?: string
      image?: string
      repositoryCredentials?: components['schemas']['RepositoryCredentialsPatch'] | null
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number | null
      /** @description MiB. */
      memory?: number | null
      /** @description MiB. */
      memoryReservation?: number | null
      links?: string[] | null
      portMappings?: components['schemas']['PortMappingInput'][] | null
      essential?: boolean | null
      restartPolicy?: components['schemas']['ContainerRestartPolicyPatch'] | null
      entryPoint?: string[] | null
      command?: string[] | null
      /** @description A map: name → value. */
      environment?: {
        [key: string]: string | null
      } | null
      environmentFiles?: components['schemas']['EnvironmentFileInput'][] | null
      mountPoints?: components['schemas']['MountPoint'][] | null
      volumesFrom?: components['schemas']['VolumeFrom'][] | null
      linuxParameters?: components['schemas']['LinuxParametersPatch'] | null
      /** @description A map: name → valueFrom. */
      secrets?: {
        [key: string]: string | null
      } | null
      dependsOn?: components['schemas']['ContainerDependencyInput'][] | null
      startTimeout?: number | null
      stopTimeout?: number | null
      versionConsistency?: components['schemas']['VersionConsistency'] | null
      hostname?: string | null
      user?: string | null
      workingDirectory?: string | null
      disableNetworking?: boolean | null
      privileged?: boolean | null
      readonlyRootFilesystem?: boolean | null
      dnsServers?: string[] | null
      dnsSearchDomains?: string[] | null
      /** @description A map: hostname → ipAddress. */
      extraHosts?: {
        [key: string]: string | null
      } | null
      dockerSecurityOptions?: string[] | null
      interactive?: boolean | null
      pseudoTerminal?: boolean | null
      dockerLabels?: {
        [key: string]: string | null
      } | null
      ulimits?: components['schemas']['UlimitInput'][] | null
      logConfiguration?: components['schemas']['LogConfigurationPatch'] | null
      healthCheck?: components['schemas']['HealthCheckPatch'] | null
      /** @description A map: namespace → value. */
      systemControls?: {
        [key: string]: string | null
      } | null
      resourceRequirements?: components['schemas']['ResourceRequirementInput'][] | null
      firelensConfiguration?: components['schemas']['FirelensConfigurationPatch'] | null
      credentialSpecs?: string[] | null
    }
    ContainerRestartPolicy: {
      enabled: boolean
      ignoredExitCodes?: number[]
      restartAttemptPeriod?: number
    }
    ContainerRestartPolicyPatch: {
      enabled?: boolean
      ignoredExitCodes?: number[] | null
      restartAttemptPeriod?: number | null
    }
    ContainerStatus: ('PENDING' | 'RUNNING' | 'STOPPED') | (string & {})
    /**
     * Entry of a service’s deployments
     * @description ECS’s older form of a deployment: the PRIMARY one and those that it replaces. The paths under `/deployments` return `ServiceDeployment`.
     */
    Deployment: {
      id: string
      status: components['schemas']['DeploymentStatus']
      /** @description The short name. */
      taskDefinition: string
      desiredCount: number
      pendingCount: number
      runningCount: number
      failedTasks?: number
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      updatedAt: string
      capacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      launchType?: components['schemas']['LaunchType']
      platformVersion?: string
      platformFamily?: string
      networkConfiguration?: components['schemas']['NetworkConfiguration']
      rolloutState?: components['schemas']['RolloutState']
      rolloutStateReason?: string
      serviceConnectConfiguration?: components['schemas']['ServiceConnectConfiguration']
      serviceConnectResources?: components['schemas']['ServiceConnectServiceResource'][]
      volumeConfigurations?: components['schemas']['ServiceVolumeConfiguration'][]
      fargateEphemeralStorage?: components['schemas']['DeploymentEphemeralStorage']
      vpcLatticeConfigurations?: components['schemas']['VpcLatticeConfiguration'][]
    }
    DeploymentAlarms: {
      alarmNames: string[]
      rollback: boolean
      enable: boolean
    }
    DeploymentAlarmsPatch: {
      alarmNames?: string[]
      rollback?: boolean
      enable?: boolean
    }
    DeploymentCircuitBreaker: {
      enable: boolean
      rollback: boolean
      resetOnHealthyTask?: boolean
      thresholdConfiguration?: components['schemas']['ThresholdConfiguration']
    }
    DeploymentCircuitBreakerInput: {
      enable: boolean
      rollback: boolean
      resetOnHealthyTask?: boolean
      thresholdConfiguration?: components['schemas']['ThresholdConfigurationInput']
    }
    DeploymentCircuitBreakerPatch: {
      enable?: boolean
      rollback?: boolean
      resetOnHealthyTask?: boolean | null
      thresholdConfiguration?: components['schemas']['ThresholdConfigurationPatch'] | null
    }
    DeploymentConfiguration: {
      deploymentCircuitBreaker?: components['schemas']['DeploymentCircuitBreaker']
      maximumPercent?: number
      minimumHealthyPercent?: number
      alarms?: components['schemas']['DeploymentAlarms']
      strategy?: components['schemas']['DeploymentStrategy'] | (string & {})
      bakeTimeInMinutes?: number
      lifecycleHooks?: components['schemas']['DeploymentLifecycleHook'][]
      linearConfiguration?: components['schemas']['LinearConfiguration']
      canaryConfiguration?: components['schemas']['CanaryConfiguration']
      earlySuccessCriteria?: components['schemas']['DeploymentEarlySuccessCriteria']
    }
    DeploymentConfigurationInput: {
      deploymentCircuitBreaker?: components['schemas']['DeploymentCircuitBreakerInput']
      maximumPercent?: number
      minimumHealthyPercent?: number
      alarms?: components['schemas']['DeploymentAlarms']
      strategy?: components['schemas']['DeploymentStrategy']
      bakeTimeInMinutes?: number
      lifecycleHooks?: components['schemas']['DeploymentLifecycleHookInput'][]
      linearConfiguration?: components['schemas']['LinearConfiguration']
      canaryConfiguration?: components['schemas']['CanaryConfiguration']
      earlySuccessCriteria?: components['schemas']['DeploymentEarlySuccessCriteriaInput']
    }
    DeploymentConfigurationPatch: {
      deploymentCircuitBreaker?: components['schemas']['DeploymentCircuitBreakerPatch'] | null
      maximumPercent?: number | null
      minimumHealthyPercent?: number | null
      alarms?: components['schemas']['DeploymentAlarmsPatch'] | null
      strategy?: components['schemas']['DeploymentStrategy'] | null
      bakeTimeInMinutes?: number | null
      lifecycleHooks?: components['schemas']['DeploymentLifecycleHookInput'][] | null
      linearConfiguration?: components['schemas']['LinearConfigurationPatch'] | null
      canaryConfiguration?: components['schemas']['CanaryConfigurationPatch'] | null
      earlySuccessCriteria?: components['schemas']['DeploymentEarlySuccessCriteriaPatch'] | null
    }
    DeploymentContinue: {
      /** @description Default `CONTINUE`. */
      action?: components['schemas']['DeploymentLifecycleHookAction']
    }
    DeploymentController: {
      type: components['schemas']['DeploymentControllerType'] | (string & {})
    }
    DeploymentControllerInput: {
      type: components['schemas']['DeploymentControllerType']
    }
    DeploymentControllerPatch: {
      type?: components['schemas']['DeploymentControllerType']
    }
    /** @enum {string} */
    DeploymentControllerType: 'CODE_DEPLOY' | 'ECS' | 'EXTERNAL'
    DeploymentEarlySuccessCriteria: {
      enable: boolean
      healthyPercent?: number
      sourceServiceRevisionCleanup?: components['schemas']['ServiceRevisionCleanup'] | (string & {})
    }
    DeploymentEarlySuccessCriteriaInput: {
      enable: boolean
      healthyPercent?: number
      sourceServiceRevisionCleanup?: components['schemas']['ServiceRevisionCleanup']
    }
    DeploymentEarlySuccessCriteriaPatch: {
      enable?: boolean
      healthyPercent?: number | null
      sourceServiceRevisionCleanup?: components['schemas']['ServiceRevisionCleanup'] | null
    }
    DeploymentEphemeralStorage: {
      kmsKeyId?: string
    }
    DeploymentLifecycleHook: {
      targetType?: components['schemas']['DeploymentLifecycleHookTargetType'] | (string & {})
      hookTargetArn?: string
      roleArn?: string
      lifecycleStages?: (components['schemas']['DeploymentLifecycleHookStage'] | string)[]
      hookDetails?: {
        [key: string]: unknown
      }
      timeoutConfiguration?: components['schemas']['DeploymentLifecycleHookTimeoutConfiguration']
    }
    /** @enum {string} */
    DeploymentLifecycleHookAction: 'CONTINUE' | 'ROLLBACK'
    DeploymentLifecycleHookDetail: {
      hookId?: string
      targetType?: components['schemas']['DeploymentLifecycleHookTargetType'] | (string & {})
      targetArn?: string
      status?: components['schemas']['DeploymentLifecycleHookStatus']
      /** Format: date-time */
      expiresAt?: string
      timeoutAction?: components['schemas']['DeploymentLifecycleHookAction'] | (string & {})
    }
    DeploymentLifecycleHookInput: {
      targetType?: components['schemas']['DeploymentLifecycleHookTargetType']
      hookTargetArn?: string
      roleArn?: string
      lifecycleStages?: components['schemas']['DeploymentLifecycleHookStage'][]
      hookDetails?: {
        [key: string]: unknown
      }
      timeoutConfiguration?: components['schemas']['DeploymentLifecycleHookTimeoutConfigurationInput']
    }
    /** @enum {string} */
    DeploymentLifecycleHookStage:
      | 'POST_PRODUCTION_TRAFFIC_SHIFT'
      | 'POST_SCALE_UP'
      | 'POST_TEST_TRAFFIC_SHIFT'
      | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
      | 'PRE_SCALE_UP'
      | 'PRODUCTION_TRAFFIC_SHIFT'
      | 'RECONCILE_SERVICE'
      | 'TEST_TRAFFIC_SHIFT'
    DeploymentLifecycleHookStatus:
      | ('AWAITING_ACTION' | 'FAILED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'TIMED_OUT')
      | (string & {})
    /** @enum {string} */
    DeploymentLifecycleHookTargetType: 'AWS_LAMBDA' | 'PAUSE'
    DeploymentLifecycleHookTimeoutConfiguration: {
      timeoutInMinutes?: number
      action?: components['schemas']['DeploymentLifecycleHookAction'] | (string & {})
    }
    DeploymentLifecycleHookTimeoutConfigurationInput: {
      timeoutInMinutes?: number
      action?: components['schemas']['DeploymentLifecycleHookAction']
    }
    /** @description The step that follows by itself, and its earliest time. Absent where none is known. */
    DeploymentNextStep: {
      /** Format: date-time */
      at: string
      text: string
    }
    DeploymentStatus: ('PRIMARY' | 'ACTIVE' | 'INACTIVE' | 'DRAINING') | (string & {})
    DeploymentStop: {
      /**
       * @description Default `ROLLBACK`.
       * @enum {string}
       */
      stopType?: 'ROLLBACK' | 'ABORT'
    }
    /** @enum {string} */
    DeploymentStrategy: 'BLUE_GREEN' | 'CANARY' | 'LINEAR' | 'ROLLING'
    /** @description A revision that could not be deregistered, and the reason. */
    DeregistrationFailure: {
      /** @description `family:revision`. */
      name: string
      reason: string
    }
    DesiredStatus: ('PENDING' | 'RUNNING' | 'STOPPED') | (string & {})
    /**
     * Host device of a container
     * @description A device of the host that the container can use.
     */
    Device: {
      hostPath: string
      containerPath?: string
      permissions?: (components['schemas']['DeviceCgroupPermission'] | string)[]
    }
    /** @enum {string} */
    DeviceCgroupPermission: 'mknod' | 'read' | 'write'
    /**
     * Host device of a container
     * @description A device of the host that the container can use.
     */
    DeviceInput: {
      hostPath: string
      containerPath?: string
      permissions?: components['schemas']['DeviceCgroupPermission'][]
    }
    Diagnosis: {
      status: components['schemas']['DiagnosisStatus']
      /** @description One or two sentences for a person. */
      summary: string
      /** @description The most likely cause first; empty when all is well. */
      causes: components['schemas']['Cause'][]
      notChecked: components['schemas']['NotChecked'][]
    }
    /** @enum {string} */
    DiagnosisStatus: 'healthy' | 'progressing' | 'degraded' | 'failing' | 'unknown'
    DockerVolumeConfiguration: {
      scope?: components['schemas']['VolumeScope'] | (string & {})
      autoprovision?: boolean
      driver?: string
      driverOpts?: {
        [key: string]: string
      }
      labels?: {
        [key: string]: string
      }
    }
    DockerVolumeConfigurationInput: {
      scope?: components['schemas']['VolumeScope']
      autoprovision?: boolean
      driver?: string
      driverOpts?: {
        [key: string]: string
      }
      labels?: {
        [key: string]: string
      }
    }
    /** @enum {string} */
    EBSResourceType: 'volume'
    EBSTagSpecification: {
      resourceType: components['schemas']['EBSResourceType'] | (string & {})
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      propagateTags?: components['schemas']['PropagateTags'] | (string & {})
    }
    EBSTagSpecificationInput: {
      resourceType: components['schemas']['EBSResourceType']
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      propagateTags?: components['schemas']['PropagateTags']
    }
    EFSAuthorizationConfig: {
      accessPointId?: string
      iam?: components['schemas']['EFSAuthorizationConfigIAM'] | (string & {})
    }
    /** @enum {string} */
    EFSAuthorizationConfigIAM: 'DISABLED' | 'ENABLED'
    EFSAuthorizationConfigInput: {
      accessPointId?: string
      iam?: components['schemas']['EFSAuthorizationConfigIAM']
    }
    /** @enum {string} */
    EFSTransitEncryption: 'DISABLED' | 'ENABLED'
    EFSVolumeConfiguration: {
      fileSystemId: string
      rootDirectory?: string
      transitEncryption?: components['schemas']['EFSTransitEncryption'] | (string & {})
      transitEncryptionPort?: number
      authorizationConfig?: components['schemas']['EFSAuthorizationConfig']
    }
    EFSVolumeConfigurationInput: {
      fileSystemId: string
      rootDirectory?: string
      transitEncryption?: components['schemas']['EFSTransitEncryption']
      transitEncryptionPort?: number
      authorizationConfig?: components['schemas']['EFSAuthorizationConfigInput']
    }
    /**
     * @description The session has ended, with its streams and terminals.
     * @example {
     *       "me": {
     *         "name": "portal",
     *         "role": "operator",
     *         "permissions": [
     *           "read",
     *           "change"
     *         ],
     *         "accounts": [
     *           "nonprod"
     *         ],
     *         "clusters": [
     *           "web-*"
     *         ],
     *         "taskDefinitions": [
     *           "*"
     *         ],
     *         "expiresAt": null
     *       }
     *     }
     */
    EndedSession: {
      me: components['schemas']['Me']
    }
    EnvironmentFile: {
      value: string
      type: components['schemas']['EnvironmentFileType'] | (string & {})
    }
    EnvironmentFileInput: {
      value: string
      type: components['schemas']['EnvironmentFileType']
    }
    /** @enum {string} */
    EnvironmentFileType: 's3'
    EphemeralStorage: {
      sizeInGiB: number
    }
    /** @description The event feed of an account with a queue. Each process shows its own. */
    EventFeed: {
      /** @description `silent`: the queue can be read, but no ECS event has arrived yet. */
      state: 'starting' | 'silent' | 'receiving' | 'failing'
      /** @description Why the feed is failing. */
      reason?: string
      /** @description ECS events received since this process opened the account. */
      received: number
      /** @description Messages that were no ECS events. */
      others: number
      /** @description Failed calls to the queue. */
      failures: number
      /**
       * Format: date-time
       * @description When the last ECS event was received.
       */
      lastAt?: string
    }
    /** @description A fact that supports a cause. */
    Evidence: {
      kind: components['schemas']['EvidenceKind']
      /** Format: date-time */
      at?: string
      /** @description The text of ECS or of the program, unchanged. */
      text: string
      /** @description The path of the resource in this API. */
      resource?: string
    }
    /** @enum {string} */
    EvidenceKind: 'event' | 'task' | 'container' | 'log' | 'check' | 'deployment' | 'target'
    /**
     * @description A text is split into words as a shell splits it, and no shell runs it. A list has the words as they are.
     * @example /bin/sh
     * @example [
     *       "ls",
     *       "-l",
     *       "my files"
     *     ]
     */
    ExecCommand: string | string[]
    ExecRequest: {
      /** @description Needed where the task has several containers. */
      container?: string
      command: components['schemas']['ExecCommand']
      /** @description `false` runs the command to its end and returns its output. By default a terminal is opened. */
      interactive?: boolean
      /** @description The terminal’s width in characters; 80 by default. */
      columns?: number
      /** @description The terminal’s height in lines; 24 by default. */
      rows?: number
    }
    /**
     * @description A command that has ended.
     * @example {
     *       "output": "PATH=/usr/bin\r\n",
     *       "exitCode": 0,
     *       "truncated": false
     *     }
     */
    ExecResult: {
      /** @description Standard output and standard error together, as a terminal shows them. */
      output: string
      /** @description Null when the container has no shell to report it. */
      exitCode: number | null
      /** @description The output had more than 1 MiB; the first 1 MiB is here. */
      truncated: boolean
    }
    /**
     * @description A session that waits for its WebSocket.
     * @example {
     *       "id": "4f1f2a38-2f7d-4b7e-9a44-0d7a4be4c1a7",
     *       "url": "/v1/ecs/exec/2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P",
     *       "expiresAt": "2026-11-23T15:01:00.000Z"
     *     }
     */
    ExecTerminal: {
      /** @description The id of the session, also in the audit log. */
      id: string
      /** @description The path of a WebSocket with the subprotocol `ecs-api.exec.v1`, good for one connection. A secret. */
      url: string
      /**
       * Format: date-time
       * @description The client must connect before this time.
       */
      expiresAt: string
    }
    ExecuteCommandConfiguration: {
      kmsKeyId?: string
      logging?: components['schemas']['ExecuteCommandLogging'] | (string & {})
      logConfiguration?: components['schemas']['ExecuteCommandLogConfiguration']
    }
    ExecuteCommandConfigurationInput: {
      kmsKeyId?: string
      logging?: components['schemas']['ExecuteCommandLogging']
      logConfiguration?: components['schemas']['ExecuteCommandLogConfiguration']
    }
    ExecuteCommandConfigurationPatch: {
      kmsKeyId?: string | null
      logging?: components['schemas']['ExecuteCommandLogging'] | null
      logConfiguration?: components['schemas']['ExecuteCommandLogConfigurationPatch'] | null
    }
    ExecuteCommandLogConfiguration: {
      cloudWatchLogGroupName?: string
      cloudWatchEncryptionEnabled?: boolean
      s3BucketName?: string
      s3EncryptionEnabled?: boolean
      s3KeyPrefix?: string
    }
    ExecuteCommandLogConfigurationPatch: {
      cloudWatchLogGroupName?: string | null
      cloudWatchEncryptionEnabled?: boolean | null
      s3BucketName?: string | null
      s3EncryptionEnabled?: boolean | null
      s3KeyPrefix?: string | null
    }
    /** @enum {string} */
    ExecuteCommandLogging: 'DEFAULT' | 'NONE' | 'OVERRIDE'
    FSxWindowsFileServerAuthorizationConfig: {
      credentialsParameter: string
      domain: string
    }
    FSxWindowsFileServerVolumeConfiguration: {
      fileSystemId: string
      rootDirectory: string
      authorizationConfig: components['schemas']['FSxWindowsFileServerAuthorizationConfig']
    }
    /** @description The result for a family: its deregistered revisions, and the failures. */
    FamilyDeregistered: {
      items: components['schemas']['TaskDefinition'][]
      failures: components['schemas']['DeregistrationFailure'][]
      /** @description Number of revisions that are still to be deregistered. */
      remaining: number
    }
    FirelensConfiguration: {
      type: components['schemas']['FirelensConfigurationType'] | (string & {})
      options?: {
        [key: string]: string
      }
    }
    FirelensConfigurationInput: {
      type: components['schemas']['FirelensConfigurationType']
      options?: {
        [key: string]: string
      }
    }
    FirelensConfigurationPatch: {
      type?: components['schemas']['FirelensConfigurationType']
      options?: {
        [key: string]: string | null
      } | null
    }
    /** @enum {string} */
    FirelensConfigurationType: 'fluentbit' | 'fluentd'
    GatewayConnector: {
      portName: string
      healthCheck?: components['schemas']['GatewayConnectorHealthCheck']
      filters?: components['schemas']['GatewayConnectorFilters']
    }
    GatewayConnectorFilters: {
      accessTypes?: components['schemas']['AccessType'][]
    }
    GatewayConnectorHealthCheck: {
      healthCheckProtocol?: components['schemas']['GatewayConnectorHealthCheckProtocol']
      healthCheckPort?: number
      healthCheckPath?: string
      healthCheckTimeoutSeconds?: number
      healthCheckIntervalSeconds?: number
      healthyThresholdCount?: number
      unhealthyThresholdCount?: number
      matcher?: components['schemas']['GatewayConnectorHealthCheckMatcher']
    }
    GatewayConnectorHealthCheckMatcher: {
      httpCode?: string
      grpcCode?: string
    }
    /** @enum {string} */
    GatewayConnectorHealthCheckProtocol: 'HTTP' | 'HTTPS'
    /** @description A limit of the account’s guardrails that the request exceeds. */
    GuardrailBreach: {
      /** @description The field, in ECS’s own form of the body. */
      at: string
      message: string
    }
    /** @description The process is alive. */
    Health: {
      /** @constant */
      status: 'alive'
    }
    HealthCheck: {
      command: string[]
      interval?: number
      timeout?: number
      retries?: number
      startPeriod?: number
    }
    HealthCheckPatch: {
      command?: string[]
      interval?: number | null
      timeout?: number | null
      retries?: number | null
      startPeriod?: number | null
    }
    HealthStatus: ('HEALTHY' | 'UNHEALTHY' | 'UNKNOWN') | (string & {})
    HostVolumeProperties: {
      sourcePath?: string
    }
    /**
     * @example {
     *       "name": "localhost/web:1",
     *       "createdAt": "2026-11-30T02:00:00.000Z",
     *       "sizeBytes": 4210688
     *     }
     */
    Image: {
      /** @description The name that a task definition can use. */
      name: string
      /** Format: date-time */
      createdAt: string
      sizeBytes: number
    }
    ImageList: {
      items: components['schemas']['Image'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    InferenceAccelerator: {
      deviceName: string
      deviceType: string
    }
    InferenceAcceleratorOverride: {
      deviceName?: string
      deviceType?: string
    }
    /** @enum {string} */
    IpcMode: 'host' | 'none' | 'task'
    KernelCapabilities: {
      add?: string[]
      drop?: string[]
    }
    KernelCapabilitiesPatch: {
      add?: string[] | null
      drop?: string[] | null
    }
    LaunchType: ('EC2' | 'EXTERNAL' | 'FARGATE' | 'MANAGED_INSTANCES') | (string & {})
    LinearConfiguration: {
      stepPercent?: number
      stepBakeTimeInMinutes?: number
    }
    LinearConfigurationPatch: {
      stepPercent?: number | null
      stepBakeTimeInMinutes?: number | null
    }
    LinuxParameters: {
      capabilities?: components['schemas']['KernelCapabilities']
      devices?: components['schemas']['Device'][]
      initProcessEnabled?: boolean
      sharedMemorySize?: number
      tmpfs?: components['schemas']['Tmpfs'][]
      maxSwap?: number
      swappiness?: number
    }
    LinuxParametersInput: {
      capabilities?: components['schemas']['KernelCapabilities']
      devices?: components['schemas']['DeviceInput'][]
      initProcessEnabled?: boolean
      sharedMemorySize?: number
      tmpfs?: components['schemas']['Tmpfs'][]
      maxSwap?: number
      swappiness?: number
    }
    LinuxParametersPatch: {
      capabilities?: components['schemas']['KernelCapabilitiesPatch'] | null
      devices?: components['schemas']['DeviceInput'][] | null
      initProcessEnabled?: boolean | null
      sharedMemorySize?: number | null
      tmpfs?: components['schemas']['Tmpfs'][] | null
      maxSwap?: number | null
      swappiness?: number | null
    }
    LoadBalancer: {
      targetGroupArn?: string
      loadBalancerName?: string
      containerName?: string
      containerPort?: number
      advancedConfiguration?: components['schemas']['AdvancedConfiguration']
    }
    LogConfiguration: {
      logDriver: components['schemas']['LogDriver'] | (string & {})
      options?: {
        [key: string]: string
      }
      /** @description A map: name → valueFrom. */
      secretOptions?: {
        [key: string]: string
      }
    }
    LogConfigurationInput: {
      logDriver: components['schemas']['LogDriver']
      options?: {
        [key: string]: string
      }
      /** @description A map: name → valueFrom. */
      secretOptions?: {
        [key: string]: string
      }
    }
    LogConfigurationPatch: {
      logDriver?: components['schemas']['LogDriver']
      options?: {
        [key: string]: string | null
      } | null
      /** @description A map: name → valueFrom. */
      secretOptions?: {
        [key: string]: string | null
      } | null
    }
    /** @enum {string} */
    LogDriver: 'awsfirelens' | 'awslogs' | 'fluentd' | 'gelf' | 'journald' | 'json-file' | 'splunk' | 'syslog'
    /** @description A line that a container has printed. */
    LogLine: {
      /** Format: date-time */
      time: string
      /** @description Id of the task. */
      task: string
      container: string
      message: string
      /** @description CloudWatch Logs’ id of the event. */
      id: string
    }
    LogPage: {
      /** @description In order of time. */
      items: components['schemas']['LogLine'][]
      /** @description `?cursor=` of the next page: the older one, or with `since` the newer one; null on the last page. */
      nextCursor: string | null
      /** @description More than 100 log streams match; the newest were read. */
      incomplete: boolean
      /** @description Containers that log to another place than CloudWatch Logs. */
      elsewhere: components['schemas']['LogsElsewhere'][]
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    /** @description A container whose lines the gateway cannot read. */
    LogsElsewhere: {
      container: string
      /** @description The log driver; null for a container without a log configuration. */
      driver: string | null
      /** @description The options of the driver that say where the lines go. */
      options: {
        [key: string]: string
      }
      detail: string
      /** @description The revisions of the service and of its tasks that it stands in: `family:revision`. */
      taskDefinitions: string[]
    }
    ManagedAgent: {
      /** Format: date-time */
      lastStartedAt?: string
      name: components['schemas']['ManagedAgentName']
      reason?: string
      lastStatus: components['schemas']['ManagedAgentStatus']
    }
    ManagedAgentName: 'ExecuteCommandAgent' | (string & {})
    ManagedAgentStatus: ('PENDING' | 'RUNNING' | 'STOPPED') | (string & {})
    ManagedStorageConfiguration: {
      kmsKeyId?: string
      fargateEphemeralStorageKmsKeyId?: string
    }
    ManagedStorageConfigurationPatch: {
      kmsKeyId?: string | null
      fargateEphemeralStorageKmsKeyId?: string | null
    }
    /**
     * @example {
     *       "name": "portal",
     *       "role": "operator",
     *       "permissions": [
     *         "read",
     *         "change"
     *       ],
     *       "accounts": [
     *         "nonprod"
     *       ],
     *       "clusters": [
     *         "web-*"
     *       ],
     *       "taskDefinitions": [
     *         "*"
     *       ],
     *       "expiresAt": null
     *     }
     */
    Me: {
      /** @description Of the token, or `oidc:` and the name of a person. */
      name: string
      role: components['schemas']['Role']
      /** @description All permissions: those of the role, and the additional ones. */
      permissions: components['schemas']['CallerPermission'][]
      accounts: string[]
      clusters: string[]
      /** @description Globs of task definition families. */
      taskDefinitions: string[]
      expiresAt: string | null
    }
    MetricConfiguration: {
      metricNames: string[]
      resolutionSeconds: number
    }
    /** @enum {string} */
    MetricName: 'cpu' | 'memory' | 'runningTasks' | 'requests' | 'responseTime' | 'http5xx'
    MetricSeries: {
      name: components['schemas']['MetricName']
      unit: components['schemas']['MetricUnit']
      statistic: components['schemas']['MetricStatistic']
      /** @description ARN of the target group, for the metrics of a load balancer. */
      targetGroup?: string
      /**
       * @description The start of each period and the value, in order of time. A period without a value has no point.
       * @example [
       *       [
       *         "2026-11-29T09:59:00.000Z",
       *         12.5
       *       ]
       *     ]
       */
      points: (string | number)[][]
    }
    /**
     * @description How the values of one period are joined. For a service, the average and maximum are also taken over all its tasks.
     * @enum {string}
     */
    MetricStatistic: 'average' | 'maximum' | 'sum'
    /**
     * @description `percent` is relative to the CPU and memory of the task definition.
     * @enum {string}
     */
    MetricUnit: 'percent' | 'count' | 'seconds'
    Metrics: {
      /** @description Seconds. */
      period: number
      /** Format: date-time */
      since: string
      /**
       * Format: date-time
       * @description The end of the last whole period.
       */
      until: string
      series: components['schemas']['MetricSeries'][]
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    MonitoringConfiguration: {
      metricConfigurations?: components['schemas']['MetricConfiguration'][]
    }
    MonitoringConfigurationPatch: {
      metricConfigurations?: components['schemas']['MetricConfiguration'][] | null
    }
    MountPoint: {
      sourceVolume?: string
      containerPath?: string
      readOnly?: boolean
    }
    NetworkBinding: {
      bindIP?: string
      containerPort?: number
      hostPort?: number
      protocol?: components['schemas']['TransportProtocol'] | (string & {})
      containerPortRange?: string
      hostPortRange?: string
    }
    NetworkConfiguration: {
      awsvpcConfiguration?: components['schemas']['AwsVpcConfiguration']
    }
    /**
     * Network interface of a container
     * @description The addresses of the container in the task’s network interface.
     */
    NetworkInterface: {
      attachmentId: string
      privateIpv4Address?: string
      ipv6Address?: string
    }
    /** @enum {string} */
    NetworkMode: 'awsvpc' | 'bridge' | 'host' | 'none'
    NextStep: {
      text: string
      /** @description A request of this API that does the step. */
      request?: string
    }
    /** @description A check that was not made. */
    NotChecked: {
      check: string
      reason: string
    }
    NvidiaMpsAllocation: {
      /** @description MiB. */
      memory: number
      maxComputePercent?: number
    }
    /** @enum {string} */
    OSFamily:
      | 'LINUX'
      | 'WINDOWS_SERVER_2004_CORE'
      | 'WINDOWS_SERVER_2016_FULL'
      | 'WINDOWS_SERVER_2019_CORE'
      | 'WINDOWS_SERVER_2019_FULL'
      | 'WINDOWS_SERVER_2022_CORE'
      | 'WINDOWS_SERVER_2022_FULL'
      | 'WINDOWS_SERVER_2025_CORE'
      | 'WINDOWS_SERVER_2025_FULL'
      | 'WINDOWS_SERVER_20H2_CORE'
    OidcSignIn: {
      /**
       * @description The key with which the same page began the sign-in at `GET /session/oidc`: 32 random bytes in base64url.
       * @example X1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P2vQkq7s0m3x
       */
      key: string
      /**
       * @description The code with which the issuer sent the browser back.
       * @example SplxlOBeZQQYbYS6WxSbIA
       */
      code: string
      /**
       * @description The state with which the issuer sent the browser back.
       * @example af0ifjsldkj
       */
      state: string
      /** @description The issuer (RFC 9207), where the address has it. */
      iss?: string
    }
    /** @description `GET /session/oidc` begins this sign-in. */
    OidcSignInMethod: {
      issuer: string
      clientId: string
    }
    /**
     * @example {
     *       "oneTimeCode": "2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P",
     *       "path": "/#code=2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P",
     *       "expiresAt": "2026-11-29T15:10:00.000Z"
     *     }
     */
    OneTimeCode: {
      /** @description Signs in once. Only this response shows it. */
      oneTimeCode: string
      /** @description The page of the console that signs in with the code. */
      path: string
      /** Format: date-time */
      expiresAt: string
    }
    /** @description `exec` runs commands in containers, which may read and change anything in them. */
    Permission: 'exec'
    /** @enum {string} */
    PidMode: 'host' | 'task'
    PlacementConstraint: {
      type?: components['schemas']['PlacementConstraintType'] | (string & {})
      expression?: string
    }
    PlacementConstraintInput: {
      type?: components['schemas']['PlacementConstraintType']
      expression?: string
    }
    /** @enum {string} */
    PlacementConstraintType: 'distinctInstance' | 'memberOf'
    PlacementStrategy: {
      type?: components['schemas']['PlacementStrategyType'] | (string & {})
      field?: string
    }
    PlacementStrategyInput: {
      type?: components['schemas']['PlacementStrategyType']
      field?: string
    }
    /** @enum {string} */
    PlacementStrategyType: 'binpack' | 'random' | 'spread'
    /** @description The plan of a change, which was not made. `web:(new)` is a revision that the change would register. */
    Plan: {
      /** @description From the present state to the state after the change. */
      changes: components['schemas']['Change'][]
      /** @description The calls to AWS, in their order. Values that may be secret are hidden. */
      calls: components['schemas']['PlannedCall'][]
      /** @description The reaction of ECS, in sentences. */
      effects: string[]
      /** @description The kind of each sentence in `effects`, in their order: `reaction` of ECS to a call; `containers`, how they will run on this machine; `comparison`, with which revision the fields are compared; `unchanged`, nothing changes. In the plan of a rollback also `release`, the content that is restored; `registration`, why a task definition is registered for it; `kept`, the settings that no release has. */
      effectKinds: ('reaction' | 'containers' | 'comparison' | 'unchanged' | 'release' | 'registration' | 'kept')[]
      /** @description Facts to check before the change. */
      warnings: string[]
      /** @description The kind of each sentence in `warnings`, in their order: `circuit-breaker`, it is off; `simulation`, a fact about simulated containers; `other`. */
      warningKinds: ('circuit-breaker' | 'simulation' | 'other')[]
      /** @description The version that was planned for: for `If-Match`. */
      configVersion?: string
    }
    PlannedCall: {
      /** @example UpdateService */
      action: string
      input: {
        [key: string]: unknown
      }
    }
    PortMapping: {
      containerPort?: number
      hostPort?: number
      protocol?: components['schemas']['TransportProtocol'] | (string & {})
      name?: string
      appProtocol?: components['schemas']['ApplicationProtocol'] | (string & {})
      containerPortRange?: string
    }
    PortMappingInput: {
      containerPort?: number
      hostPort?: number
      protocol?: components['schemas']['TransportProtocol']
      name?: string
      appProtocol?: components['schemas']['ApplicationProtocol']
      containerPortRange?: string
    }
    /** @description A problem (RFC 9457). */
    Problem: {
      /** @description The page that explains the code. */
      type: string
      title: string
      status: number
      /** @description What happened, and what to do next. */
      detail: string
      code: components['schemas']['ProblemCode']
      requestId: string
      /** @description The request id of the AWS call that failed. */
      awsRequestId?: string
      /** @description Every error of the request, each with its place. */
      errors?: components['schemas']['RequestError'][]
      /** @description How many errors there are besides those in `errors`. */
      errorsOmitted?: number
      /** @description For GuardrailBroken: the limits that the request exceeds. */
      breaches?: components['schemas']['GuardrailBreach'][]
      /** @description For ClusterContainsServices: names of the services. */
      services?: string[]
      /** @description For ClusterContainsTasks: ids of the tasks. */
      tasks?: string[]
      /** @description For DeploymentFailed and TaskFailed: the resource as the call without `?fail=true` returns it. */
      resource?: {
        [key: string]: unknown
      }
      /** @description For PreconditionFailed: the present version of the resource. */
      configVersion?: string
      /** @description For MalformedJson: the offset in the body at which reading stopped. */
      position?: number
      /** @description For AwsAccessDenied: the action that AWS denies to the gateway. */
      action?: string
    }
    /** @description A code of /docs/problems, or the name of AWS’s exception when AWS rejected the request. */
    ProblemCode:
      | (
          | 'MalformedJson'
          | 'BodyMissing'
          | 'InvalidBody'
          | 'InvalidQuery'
          | 'InvalidPath'
          | 'InvalidHeader'
          | 'InvalidCursor'
          | 'MalformedRequest'
          | 'Unauthorized'
          | 'SignInRejected'
          | 'PermissionMissing'
          | 'OutsideFence'
          | 'GuardrailBroken'
          | 'RouteNotFound'
          | 'TokenNotFound'
          | 'AccountNotFound'
          | 'MethodNotAllowed'
          | 'NotAcceptable'
          | 'RequestTimeout'
          | 'CursorTooOld'
          | 'PreconditionFailed'
          | 'BodyTooLarge'
          | 'UriTooLong'
          | 'UnsupportedMediaType'
          | 'UpgradeRequired'
          | 'HeadersTooLarge'
          | 'NotYetAvailable'
          | 'InternalError'
          | 'ClusterNotFound'
          | 'ServiceNotFound'
          | 'TaskNotFound'
          | 'TaskDefinitionNotFound'
          | 'DeploymentNotFound'
          | 'LogGroupNotFound'
          | 'LogStreamNotFound'
          | 'ReleaseNotFound'
          | 'NoLocalImages'
          | 'CapacityProviderNotFound'
          | 'ClusterAlreadyExists'
          | 'ServiceAlreadyExists'
          | 'ServiceDraining'
          | 'ServiceNotActive'
          | 'ServiceScaledAboveZero'
          | 'ClusterContainsServices'
          | 'ClusterContainsTasks'
          | 'ClusterContainsContainerInstances'
          | 'ClusterNotActive'
          | 'TaskDefinitionInactive'
          | 'UpdateInProgress'
          | 'ResourceInUse'
          | 'QuotaExceeded'
          | 'IdempotencyConflict'
          | 'RequestInProgress'
          | 'OutcomeUnknown'
          | 'TaskNotRunning'
          | 'ExecNotEnabled'
          | 'ExecAgentNotRunning'
          | 'ExecNoTaskRole'
          | 'ExecTargetNotConnected'
          | 'ExecKeyUnusable'
          | 'ExecCommandNotStarted'
          | 'SessionRecordingFailed'
          | 'OriginNotAllowed'
          | 'HostNotAllowed'
          | 'SessionNotFound'
          | 'NoIdentityProvider'
          | 'ExecSessionNotFound'
          | 'ExecTimeout'
          | 'TokenAlreadyExists'
          | 'DeploymentInProgress'
          | 'NoReleaseToRestore'
          | 'ReleaseIncomplete'
          | 'RollbackNotSupported'
          | 'DeploymentFinished'
          | 'DeploymentFailed'
          | 'TaskFailed'
          | 'RateLimitExceeded'
          | 'TooManySignIns'
          | 'TokenLimitExceeded'
          | 'NotOfferedByAws'
          | 'TooManyRequests'
          | 'AwsAccessDenied'
          | 'AwsError'
          | 'AwsCredentialsRefused'
          | 'AwsUnreachable'
          | 'AwsTimeout'
          | 'CapacityUnavailable'
          | 'StoreUnavailable'
          | 'IdentityProviderUnreachable'
          | 'TooManyStreams'
          | 'RuntimeUnreachable'
          | 'EngineUnavailable'
          | 'ClientDisconnected'
          | 'ShuttingDown'
        )
      | (string & {})
    /** @enum {string} */
    PropagateTags: 'NONE' | 'SERVICE' | 'TASK_DEFINITION'
    ProxyConfiguration: {
      containerName: string
      type?: components['schemas']['ProxyConfigurationType'] | (string & {})
      /** @description A map: name → value. */
      properties?: {
        [key: string]: string
      }
    }
    ProxyConfigurationInput: {
      containerName: string
      type?: components['schemas']['ProxyConfigurationType']
      /** @description A map: name → value. */
      properties?: {
        [key: string]: string
      }
    }
    /** @enum {string} */
    ProxyConfigurationType: 'APPMESH'
    /** @description A port of a container that is published on the host. */
    PublishedPort: {
      container: string
      containerPort?: number
      hostPort?: number
      hostIp?: string
      protocol?: string
    }
    /** @description The process may receive traffic: the store responds and accepts writes, the engine of local accounts is open and can write, and the process is not stopping. */
    Readiness: {
      /** @constant */
      status: 'ready'
      /** @description The container runtime of local accounts: `docker`, `podman` or `simulated`. */
      runtime?: string
    }
    Release: {
      /** @description Counts from 1 in the life of the service. It never changes. */
      release: number
      /** @description The ARN of ECS’s service revision. */
      arn: string
      /** Format: date-time */
      createdAt: string
      /** @description The token that made the deployment; `elsewhere` for all others. */
      by: string
      /** @description The short name; null when ECS does not describe the revision. */
      taskDefinition: string | null
      images: components['schemas']['ReleaseImage'][]
      /** @description The digests of all images are known. */
      imagesPinned: boolean
      /** @description The other fields of ECS’s service revision, such as `networkConfiguration`. */
      configuration: {
        [key: string]: unknown
      }
      restoredFrom: number | null
      outcome: components['schemas']['ReleaseOutcome']
      /** @description The newest deployment targets it; after a rollback by ECS, the release that ECS went back to. */
      isCurrent: boolean
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    ReleaseDiff: {
      /** @description The release of the path. */
      from: number
      /** @description The other release. */
      to: number
      changes: components['schemas']['Change'][]
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    ReleaseImage: {
      container: string
      /** @description As the task definition names it. */
      image: string | null
      /**
       * @description For people: `image`, but with its tag where the task definition has only a digest and another release of the service had a tag for it, as after a rollback.
       * @example nginx:1.29
       */
      name: string | null
      /**
       * @description The digest to which ECS resolved the name; null when ECS has resolved none.
       * @example sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
       */
      digest: string | null
    }
    ReleaseList: {
      items: components['schemas']['Release'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    /** @enum {string} */
    ReleaseOutcome: 'under-way' | 'stable' | 'failed' | 'superseded' | 'rolled-back'
    RepositoryCredentials: {
      credentialsParameter: string
    }
    RepositoryCredentialsPatch: {
      credentialsParameter?: string
    }
    /** @description One error of the request. */
    RequestError: {
      /** @enum {string} */
      in: 'body' | 'query' | 'path' | 'header'
      /** @description JSON Pointer into the body. */
      pointer?: string
      /** @description Name of the parameter or header. */
      name?: string
      message: string
    }
    ResourceManagementType: ('CUSTOMER' | 'ECS') | (string & {})
    ResourceRequirement: {
      type: components['schemas']['ResourceType'] | (string & {})
      value?: string
      sharingStrategy?: components['schemas']['SharingStrategy']
    }
    ResourceRequirementInput: {
      type: components['schemas']['ResourceType']
      value?: string
      sharingStrategy?: components['schemas']['SharingStrategy']
    }
    /** @enum {string} */
    ResourceType: 'GPU' | 'InferenceAccelerator' | 'NeuronDevice'
    /** @description `viewer` reads; `operator` also changes; `admin` also manages tokens, reads the audit log and runs commands in containers. */
    Role: 'viewer' | 'operator' | 'admin'
    /**
     * Rollback of a service deployment
     * @description Why and when ECS rolled the deployment back, and to which revision.
     */
    Rollback: {
      reason?: string
      /** Format: date-time */
      startedAt?: string
      serviceRevisionArn?: string
    }
    RollbackPlan: {
      /** @description The release that would be restored. */
      release: number
      /** @description The tasks would run the images of the release, by their digests. */
      imagesPinned: boolean
      /** @description From the present state to the state after the change. */
      changes: components['schemas']['Change'][]
      /** @description The calls to AWS, in their order. Values that may be secret are hidden. */
      calls: components['schemas']['PlannedCall'][]
      /** @description The reaction of ECS, in sentences. */
      effects: string[]
      /** @description The kind of each sentence in `effects`, in their order: `reaction` of ECS to a call; `containers`, how they will run on this machine; `comparison`, with which revision the fields are compared; `unchanged`, nothing changes. In the plan of a rollback also `release`, the content that is restored; `registration`, why a task definition is registered for it; `kept`, the settings that no release has. */
      effectKinds: ('reaction' | 'containers' | 'comparison' | 'unchanged' | 'release' | 'registration' | 'kept')[]
      /** @description Facts to check before the change. */
      warnings: string[]
      /** @description The kind of each sentence in `warnings`, in their order: `circuit-breaker`, it is off; `simulation`, a fact about simulated containers; `other`. */
      warningKinds: ('circuit-breaker' | 'simulation' | 'other')[]
      /** @description The version that was planned for: for `If-Match`. */
      configVersion: string
    }
    RollbackRequest: {
      /** @description The number of the release to restore. */
      release?: number
      /** @description Restores the newest release with this task definition: `web:6`, or its ARN. */
      taskDefinition?: string
    }
    RolloutState: ('COMPLETED' | 'FAILED' | 'IN_PROGRESS') | (string & {})
    /** @description The kind of host that runs a task. */
    Runtime: ('fargate' | 'ec2' | 'external' | 'docker' | 'podman' | 'simulated') | (string & {})
    RuntimePlatform: {
      cpuArchitecture?: components['schemas']['CPUArchitecture'] | (string & {})
      operatingSystemFamily?: components['schemas']['OSFamily'] | (string & {})
    }
    RuntimePlatformInput: {
      cpuArchitecture?: components['schemas']['CPUArchitecture']
      operatingSystemFamily?: components['schemas']['OSFamily']
    }
    S3FilesVolumeConfiguration: {
      fileSystemArn: string
      rootDirectory?: string
      transitEncryptionPort?: number
      accessPointArn?: string
    }
    /**
     * Scale of a task set
     * @description The share of the service’s tasks that the task set runs.
     */
    Scale: {
      value?: number
      unit?: components['schemas']['ScaleUnit']
    }
    ScaleUnit: 'PERCENT' | (string & {})
    SchedulingStrategy: ('DAEMON' | 'REPLICA') | (string & {})
    /**
     * @example {
     *       "name": "www",
     *       "arn": "arn:aws:ecs:us-east-1:111122223333:service/prod/www",
     *       "cluster": "prod",
     *       "loadBalancers": [],
     *       "serviceRegistries": [],
     *       "status": "ACTIVE",
     *       "desiredCount": 2,
     *       "runningCount": 2,
     *       "pendingCount": 0,
     *       "launchType": "FARGATE",
     *       "platformVersion": "LATEST",
     *       "platformFamily": "Linux",
     *       "taskDefinition": "web:1",
     *       "deploymentConfiguration": {
     *         "deploymentCircuitBreaker": {
     *           "enable": false,
     *           "rollback": false,
     *           "resetOnHealthyTask": true,
     *           "thresholdConfiguration": {
     *             "type": "BOUNDED_PERCENT",
     *             "value": 50
     *           }
     *         },
     *         "maximumPercent": 200,
     *         "minimumHealthyPercent": 100,
     *         "strategy": "ROLLING",
     *         "bakeTimeInMinutes": 0
     *       },
     *       "deployments": [
     *         {
     *           "id": "ecs-svc/8239125911472021897",
     *           "status": "PRIMARY",
     *           "taskDefinition": "web:1",
     *           "desiredCount": 2,
     *           "pendingCount": 0,
     *           "runningCount": 2,
     *           "failedTasks": 0,
     *           "createdAt": "2026-11-23T15:57:04.665Z",
     *           "updatedAt": "2026-11-23T15:57:04.695Z",
     *           "launchType": "FARGATE",
     *           "platformVersion": "1.4.0",
     *           "platformFamily": "Linux",
     *           "networkConfiguration": {
     *             "awsvpcConfiguration": {
     *               "subnets": [
     *                 "subnet-00000000000000001",
     *                 "subnet-00000000000000002",
     *                 "subnet-00000000000000003"
     *               ],
     *               "securityGroups": [],
     *               "assignPublicIp": "DISABLED"
     *             }
     *           },
     *           "rolloutState": "COMPLETED",
     *           "rolloutStateReason": "ECS deployment ecs-svc/8239125911472021897 completed."
     *         }
     *       ],
     *       "roleArn": "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
     *       "events": [
     *         {
     *           "id": "7359e7ce-b138-47ba-bf88-6d106346aa6b",
     *           "createdAt": "2026-11-23T15:57:04.696Z",
     *           "message": "(service www) has reached a steady state."
     *         },
     *         {
     *           "id": "af07b063-6529-4569-97c9-12181da3a464",
     *           "createdAt": "2026-11-23T15:57:04.695Z",
     *           "message": "(service www) (deployment ecs-svc/8239125911472021897) deployment completed."
     *         },
     *         {
     *           "id": "a0e3ead8-e037-4b9a-8ee6-898ba6dfecbe",
     *           "createdAt": "2026-11-23T15:57:04.671Z",
     *           "message": "(service www) has started 2 tasks: (task 6ede3fac2fee2a2df6440cb44b2fb201) (task 2dc33692a121a30e9ca88662a83c10b6)."
     *         }
     *       ],
     *       "createdAt": "2026-11-23T15:57:04.664Z",
     *       "currentServiceRevisions": [
     *         {
     *           "arn": "arn:aws:ecs:us-east-1:111122223333:service-revision/prod/www/8239125911472021897",
     *           "requestedTaskCount": 2,
     *           "runningTaskCount": 2,
     *           "pendingTaskCount": 0
     *         }
     *       ],
     *       "placementConstraints": [],
     *       "placementStrategy": [],
     *       "networkConfiguration": {
     *         "awsvpcConfiguration": {
     *           "subnets": [
     *             "subnet-00000000000000001",
     *             "subnet-00000000000000002",
     *             "subnet-00000000000000003"
     *           ],
     *           "securityGroups": [],
     *           "assignPublicIp": "DISABLED"
     *         }
     *       },
     *       "healthCheckGracePeriodSeconds": 0,
     *       "schedulingStrategy": "REPLICA",
     *       "deploymentController": {
     *         "type": "ECS"
     *       },
     *       "tags": {},
     *       "createdBy": "arn:aws:iam::111122223333:root",
     *       "enableECSManagedTags": false,
     *       "propagateTags": "NONE",
     *       "enableExecuteCommand": false,
     *       "availabilityZoneRebalancing": "ENABLED",
     *       "resourceManagementType": "CUSTOMER",
     *       "configVersion": "05MgAaj_FMi76i54"
     *     }
     */
    Service: {
      arn: string
      name: string
      /** @description The short name. */
      cluster: string
      loadBalancers: components['schemas']['LoadBalancer'][]
      serviceRegistries: components['schemas']['ServiceRegistry'][]
      status: components['schemas']['ServiceStatus']
      desiredCount: number
      runningCount: number
      pendingCount: number
      launchType?: components['schemas']['LaunchType']
      capacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      platformVersion?: string
      platformFamily?: string
      /** @description The short name. */
      taskDefinition: string
      deploymentConfiguration: components['schemas']['DeploymentConfiguration']
      taskSets?: components['schemas']['TaskSet'][]
      deployments: components['schemas']['Deployment'][]
      roleArn?: string
      events?: components['schemas']['ServiceEvent'][]
      /** Format: date-time */
      createdAt: string
      currentServiceDeployment?: string
      currentServiceRevisions?: components['schemas']['ServiceCurrentRevisionSummary'][]
      placementConstraints: components['schemas']['PlacementConstraint'][]
      placementStrategy: components['schemas']['PlacementStrategy'][]
      networkConfiguration?: components['schemas']['NetworkConfiguration']
      healthCheckGracePeriodSeconds?: number
      schedulingStrategy: components['schemas']['SchedulingStrategy']
      deploymentController?: components['schemas']['DeploymentController']
      /** @description A map: key → value. */
      tags: {
        [key: string]: string
      }
      createdBy?: string
      enableECSManagedTags: boolean
      propagateTags?: components['schemas']['PropagateTags'] | (string & {})
      enableExecuteCommand: boolean
      availabilityZoneRebalancing?: components['schemas']['AvailabilityZoneRebalancing'] | (string & {})
      resourceManagementType?: components['schemas']['ResourceManagementType']
      /** @description Version of the fields that clients can set, for `If-Match`. */
      configVersion: string
      outcome?: components['schemas']['WaitOutcome']
      /** @description The reason for the outcome of the wait. */
      reason?: string
    }
    ServiceConnectAccessLogConfiguration: {
      format: components['schemas']['ServiceConnectAccessLoggingFormat'] | (string & {})
      includeQueryParameters?: components['schemas']['ServiceConnectIncludeQueryParameters'] | (string & {})
    }
    ServiceConnectAccessLogConfigurationInput: {
      format: components['schemas']['ServiceConnectAccessLoggingFormat']
      includeQueryParameters?: components['schemas']['ServiceConnectIncludeQueryParameters']
    }
    ServiceConnectAccessLogConfigurationPatch: {
      format?: components['schemas']['ServiceConnectAccessLoggingFormat']
      includeQueryParameters?: components['schemas']['ServiceConnectIncludeQueryParameters'] | null
    }
    /** @enum {string} */
    ServiceConnectAccessLoggingFormat: 'JSON' | 'TEXT'
    ServiceConnectClientAlias: {
      port: number
      dnsName?: string
      testTrafficRules?: components['schemas']['ServiceConnectTestTrafficRules']
    }
    ServiceConnectConfiguration: {
      enabled: boolean
      namespace?: string
      services?: components['schemas']['ServiceConnectService'][]
      logConfiguration?: components['schemas']['LogConfiguration']
      accessLogConfiguration?: components['schemas']['ServiceConnectAccessLogConfiguration']
      containerConfigurations?: components['schemas']['ServiceConnectContainerConfiguration'][]
    }
    ServiceConnectConfigurationInput: {
      enabled: boolean
      namespace?: string
      services?: components['schemas']['ServiceConnectService'][]
      logConfiguration?: components['schemas']['LogConfigurationInput']
      accessLogConfiguration?: components['schemas']['ServiceConnectAccessLogConfigurationInput']
      containerConfigurations?: components['schemas']['ServiceConnectContainerConfiguration'][]
    }
    ServiceConnectConfigurationPatch: {
      enabled?: boolean
      namespace?: string | null
      services?: components['schemas']['ServiceConnectService'][] | null
      logConfiguration?: components['schemas']['LogConfigurationPatch'] | null
      accessLogConfiguration?: components['schemas']['ServiceConnectAccessLogConfigurationPatch'] | null
      containerConfigurations?: components['schemas']['ServiceConnectContainerConfiguration'][] | null
    }
    ServiceConnectContainerConfiguration: {
      logLevel?: string
    }
    /** @enum {string} */
    ServiceConnectIncludeQueryParameters: 'DISABLED' | 'ENABLED'
    ServiceConnectService: {
      portName: string
      discoveryName?: string
      clientAliases?: components['schemas']['ServiceConnectClientAlias'][]
      ingressPortOverride?: number
      timeout?: components['schemas']['TimeoutConfiguration']
      tls?: components['schemas']['ServiceConnectTlsConfiguration']
    }
    ServiceConnectServiceResource: {
      discoveryName?: string
      discoveryArn?: string
    }
    ServiceConnectTestTrafficHeaderMatchRules: {
      exact: string
    }
    ServiceConnectTestTrafficHeaderRules: {
      name: string
      value?: components['schemas']['ServiceConnectTestTrafficHeaderMatchRules']
    }
    ServiceConnectTestTrafficRules: {
      header: components['schemas']['ServiceConnectTestTrafficHeaderRules']
    }
    ServiceConnectTlsCertificateAuthority: {
      awsPcaAuthorityArn?: string
    }
    ServiceConnectTlsConfiguration: {
      issuerCertificateAuthority: components['schemas']['ServiceConnectTlsCertificateAuthority']
      kmsKey?: string
      roleArn?: string
    }
    /** @description This is the form of this API. The body can also be the input of ECS’s CreateService, as `--cli-input-json` of the AWS CLI takes it: `{"serviceName":"www","taskDefinition":"web","desiredCount":2,"launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"]}}}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    ServiceCreate: {
      /** @description ECS’s `serviceName`. */
      name: string
      /** @description ECS’s `desiredCount`. */
      count: number
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.subnets`. */
      subnets?: string[]
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.securityGroups`. */
      securityGroups?: string[]
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.assignPublicIp`. */
      assignPublicIp?: boolean
      /** @description Name or ARN. */
      taskDefinition: string
      availabilityZoneRebalancing?: components['schemas']['AvailabilityZoneRebalancing']
      loadBalancers?: components['schemas']['LoadBalancer'][]
      serviceRegistries?: components['schemas']['ServiceRegistry'][]
      /** @enum {string} */
      launchType?: 'FARGATE'
      capacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      platformVersion?: string
      role?: string
      deploymentConfiguration?: components['schemas']['DeploymentConfigurationInput']
      placementConstraints?: components['schemas']['PlacementConstraintInput'][]
      placementStrategy?: components['schemas']['PlacementStrategyInput'][]
      healthCheckGracePeriodSeconds?: number
      /** @enum {string} */
      schedulingStrategy?: 'REPLICA'
      deploymentController?: components['schemas']['DeploymentControllerInput']
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      enableECSManagedTags?: boolean
      propagateTags?: components['schemas']['PropagateTags']
      enableExecuteCommand?: boolean
      serviceConnectConfiguration?: components['schemas']['ServiceConnectConfigurationInput']
      volumeConfigurations?: components['schemas']['ServiceVolumeConfigurationInput'][]
      vpcLatticeConfigurations?: components['schemas']['VpcLatticeConfiguration'][]
      gatewayConnectors?: components['schemas']['GatewayConnector'][]
      monitoring?: components['schemas']['MonitoringConfiguration']
    }
    ServiceCurrentRevisionSummary: {
      arn: string
      requestedTaskCount: number
      runningTaskCount: number
      pendingTaskCount: number
    }
    /**
     * Deployment of a service
     * @description One deployment from its start to its end. `Deployment` is ECS’s older form, in `deployments` of a service.
     * @example {
     *       "id": "l_TMXRLxyXKTr0lAMsOFl",
     *       "arn": "arn:aws:ecs:us-east-1:111122223333:service-deployment/prod/www/l_TMXRLxyXKTr0lAMsOFl",
     *       "service": "www",
     *       "cluster": "prod",
     *       "createdAt": "2026-11-23T15:57:04.665Z",
     *       "startedAt": "2026-11-23T15:57:04.671Z",
     *       "finishedAt": "2026-11-23T15:57:04.695Z",
     *       "updatedAt": "2026-11-23T15:57:04.695Z",
     *       "sourceServiceRevisions": [],
     *       "targetServiceRevision": {
     *         "arn": "arn:aws:ecs:us-east-1:111122223333:service-revision/prod/www/8239125911472021897",
     *         "requestedTaskCount": 2,
     *         "runningTaskCount": 2,
     *         "pendingTaskCount": 0
     *       },
     *       "status": "SUCCESSFUL",
     *       "deploymentConfiguration": {
     *         "deploymentCircuitBreaker": {
     *           "enable": false,
     *           "rollback": false,
     *           "resetOnHealthyTask": true,
     *           "thresholdConfiguration": {
     *             "type": "BOUNDED_PERCENT",
     *             "value": 50
     *           }
     *         },
     *         "maximumPercent": 200,
     *         "minimumHealthyPercent": 100,
     *         "strategy": "ROLLING",
     *         "bakeTimeInMinutes": 0
     *       },
     *       "deploymentCircuitBreaker": {
     *         "status": "DISABLED",
     *         "failureCount": 0,
     *         "threshold": 3
     *       },
     *       "alarms": {
     *         "status": "DISABLED",
     *         "alarmNames": [],
     *         "triggeredAlarmNames": []
     *       },
     *       "progress": 1,
     *       "taskFailures": []
     *     }
     */
    ServiceDeployment: {
      arn: string
      /** @description The short name. */
      service: string
      /** @description The short name. */
      cluster: string
      /** Format: date-time */
      createdAt: string
      /** Format: date-time */
      startedAt?: string
      /** Format: date-time */
      finishedAt?: string
      /** Format: date-time */
      stoppedAt?: string
      /** Format: date-time */
      updatedAt?: string
      sourceServiceRevisions?: components['schemas']['ServiceRevisionSummary'][]
      targetServiceRevision: components['schemas']['ServiceRevisionSummary']
      status: components['schemas']['ServiceDeploymentStatus']
      statusReason?: string
      lifecycleStage?: components['schemas']['ServiceDeploymentLifecycleStage']
      lifecycleHookDetails?: components['schemas']['DeploymentLifecycleHookDetail'][]
      deploymentConfiguration?: components['schemas']['DeploymentConfiguration']
      rollback?: components['schemas']['Rollback']
      deploymentCircuitBreaker?: components['schemas']['ServiceDeploymentCircuitBreaker']
      alarms?: components['schemas']['ServiceDeploymentAlarms']
      /** @description The last segment of the ARN. */
      id: string
      /** @description Running ÷ requested tasks of the target revision; 1 only with the status SUCCESSFUL. */
      progress: number
      /** @description Running tasks of the deployment that passed their health checks. Absent without a health check of an essential container, and when the deployment is not in progress. */
      healthyTaskCount?: number
      /** @description Failed tasks of the deployment, with the reasons. */
      taskFailures: components['schemas']['TaskFailure'][]
      /** @description The current step of ECS. It begins with `Waiting for you` while a PAUSE hook waits for `POST …/continue`. The counts of tasks are in the other fields. Absent when the deployment has ended. */
      waitingFor?: string
      /**
       * Format: date-time
       * @description When the current step began, where ECS says it.
       */
      waitingSince?: string
      nextStep?: components['schemas']['DeploymentNextStep']
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    ServiceDeploymentAlarms: {
      status?: components['schemas']['ServiceDeploymentRollbackMonitorsStatus']
      alarmNames?: string[]
      triggeredAlarmNames?: string[]
    }
    ServiceDeploymentCircuitBreaker: {
      status?: components['schemas']['ServiceDeploymentRollbackMonitorsStatus']
      failureCount?: number
      threshold?: number
    }
    ServiceDeploymentLifecycleStage:
      | (
          | 'BAKE_TIME'
          | 'CLEAN_UP'
          | 'POST_PRODUCTION_TRAFFIC_SHIFT'
          | 'POST_SCALE_UP'
          | 'POST_TEST_TRAFFIC_SHIFT'
          | 'PRE_SCALE_UP'
          | 'PRODUCTION_TRAFFIC_SHIFT'
          | 'RECONCILE_SERVICE'
          | 'SCALE_UP'
          | 'TEST_TRAFFIC_SHIFT'
        )
      | (string & {})
    ServiceDeploymentList: {
      items: components['schemas']['ServiceDeployment'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
      /** @description Absent when nothing is missing. */
      unavailable?: components['schemas']['UnavailablePart'][]
    }
    ServiceDeploymentRollbackMonitorsStatus:
      | ('DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED')
      | (string & {})
    ServiceDeploymentStatus:
      | (
          | 'IN_PROGRESS'
          | 'PENDING'
          | 'ROLLBACK_FAILED'
          | 'ROLLBACK_IN_PROGRESS'
          | 'ROLLBACK_REQUESTED'
          | 'ROLLBACK_SUCCESSFUL'
          | 'STOPPED'
          | 'STOP_REQUESTED'
          | 'SUCCESSFUL'
        )
      | (string & {})
    ServiceDeploymentStreamEvent: {
      id: string
      /** @enum {string} */
      event: 'state' | 'change' | 'deleted'
      data: components['schemas']['ServiceDeployment']
    }
    /** @description A service that is not healthy. */
    ServiceDiagnosis: {
      cluster: string
      service: string
      /**
       * Format: date-time
       * @description When ECS described the service.
       */
      describedAt: string
      status: components['schemas']['DiagnosisStatus']
      summary: string
      causes: components['schemas']['Cause'][]
    }
    /**
     * @example {
     *       "id": "7359e7ce-b138-47ba-bf88-6d106346aa6b",
     *       "createdAt": "2026-11-23T15:57:04.696Z",
     *       "message": "(service www) has reached a steady state."
     *     }
     */
    ServiceEvent: {
      id: string
      /** Format: date-time */
      createdAt: string
      message: string
    }
    ServiceEventList: {
      items: components['schemas']['ServiceEvent'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    ServiceList: {
      items: components['schemas']['Service'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    ServiceManagedEBSVolumeConfiguration: {
      roleArn: string
      encrypted?: boolean
      kmsKeyId?: string
      volumeType?: string
      sizeInGiB?: number
      snapshotId?: string
      volumeInitializationRate?: number
      iops?: number
      throughput?: number
      tagSpecifications?: components['schemas']['EBSTagSpecification'][]
      filesystemType?: components['schemas']['TaskFilesystemType'] | (string & {})
    }
    ServiceManagedEBSVolumeConfigurationInput: {
      roleArn: string
      encrypted?: boolean
      kmsKeyId?: string
      volumeType?: string
      sizeInGiB?: number
      snapshotId?: string
      volumeInitializationRate?: number
      iops?: number
      throughput?: number
      tagSpecifications?: components['schemas']['EBSTagSpecificationInput'][]
      filesystemType?: components['schemas']['TaskFilesystemType']
    }
    /** @description This is the form of this API. The body can also be the input of ECS’s UpdateService, as `--cli-input-json` of the AWS CLI takes it: `{"taskDefinition":"web:7","desiredCount":3,"forceNewDeployment":true}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    ServicePatch: {
      /** @description ECS’s `desiredCount`. */
      count?: number
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.subnets`. */
      subnets?: string[]
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.securityGroups`. */
      securityGroups?: string[] | null
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.assignPublicIp`. */
      assignPublicIp?: boolean | null
      /** @description Name or ARN. */
      taskDefinition?: string
      capacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][] | null
      deploymentConfiguration?: components['schemas']['DeploymentConfigurationPatch']
      availabilityZoneRebalancing?: components['schemas']['AvailabilityZoneRebalancing']
      placementConstraints?: components['schemas']['PlacementConstraintInput'][] | null
      placementStrategy?: components['schemas']['PlacementStrategyInput'][] | null
      platformVersion?: string
      forceNewDeployment?: boolean
      healthCheckGracePeriodSeconds?: number
      deploymentController?: components['schemas']['DeploymentControllerPatch']
      enableExecuteCommand?: boolean
      enableECSManagedTags?: boolean
      loadBalancers?: components['schemas']['LoadBalancer'][] | null
      propagateTags?: components['schemas']['PropagateTags']
      serviceRegistries?: components['schemas']['ServiceRegistry'][] | null
      serviceConnectConfiguration?: components['schemas']['ServiceConnectConfigurationPatch'] | null
      volumeConfigurations?: components['schemas']['ServiceVolumeConfigurationInput'][] | null
      vpcLatticeConfigurations?: components['schemas']['VpcLatticeConfiguration'][] | null
      gatewayConnectors?: components['schemas']['GatewayConnector'][] | null
      monitoring?: components['schemas']['MonitoringConfigurationPatch']
      tags?: {
        [key: string]: string | null
      } | null
      /** @description Container name → the fields to change, which can be any field of a container definition; `null` removes the container. */
      containers?: {
        [key: string]: components['schemas']['ContainerPatch'] | null
      }
      /** @description CPU units of the task; 1024 are one vCPU. */
      cpu?: number
      /** @description Memory of the task in MiB. */
      memory?: number
    }
    ServiceRegistry: {
      registryArn?: string
      port?: number
      containerName?: string
      containerPort?: number
    }
    /** @enum {string} */
    ServiceRevisionCleanup: 'BLOCKING' | 'DEFERRED'
    ServiceRevisionSummary: {
      arn: string
      requestedTaskCount: number
      runningTaskCount: number
      pendingTaskCount: number
      requestedTestTrafficWeight?: number
      requestedProductionTrafficWeight?: number
    }
    ServiceStatus: ('ACTIVE' | 'DRAINING' | 'INACTIVE') | (string & {})
    ServiceStreamEvent: {
      id: string
      /** @enum {string} */
      event: 'state' | 'change' | 'deleted'
      data: components['schemas']['Service']
    }
    ServiceVolumeConfiguration: {
      name: string
      managedEBSVolume?: components['schemas']['ServiceManagedEBSVolumeConfiguration']
    }
    ServiceVolumeConfigurationInput: {
      name: string
      managedEBSVolume?: components['schemas']['ServiceManagedEBSVolumeConfigurationInput']
    }
    /**
     * @example {
     *       "csrfToken": "X1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P2vQkq7s0m3x",
     *       "expiresAt": "2026-12-29T15:00:00.000Z",
     *       "me": {
     *         "name": "portal",
     *         "role": "operator",
     *         "permissions": [
     *           "read",
     *           "change"
     *         ],
     *         "accounts": [
     *           "nonprod"
     *         ],
     *         "clusters": [
     *           "web-*"
     *         ],
     *         "taskDefinitions": [
     *           "*"
     *         ],
     *         "expiresAt": null
     *       }
     *     }
     */
    Session: {
      /** @description Every request with the cookie sends it as `X-CSRF-Token`, reads too. Only this response shows it. */
      csrfToken: string
      /** Format: date-time */
      expiresAt: string
      me: components['schemas']['Me']
    }
    SharingStrategy: {
      nvidiaMps?: components['schemas']['NvidiaMpsAllocation']
    }
    /** @description Exactly one of the three. */
    SignIn: {
      /**
       * @description A token of the gateway, or a JWT of its OpenID Connect issuer.
       * @example ecsapi_k7m2p9…
       */
      token?: string
      /**
       * @description A code of `POST /session/codes`. It is used up.
       * @example 2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5
       */
      oneTimeCode?: string
      oidc?: components['schemas']['OidcSignIn']
    }
    /**
     * @description How a browser can sign in, beside a token and a one-time code.
     * @example {
     *       "oidc": null
     *     }
     */
    SignInMethods: {
      oidc: components['schemas']['OidcSignInMethod'] | null
    }
    StabilityStatus: ('STABILIZING' | 'STEADY_STATE') | (string & {})
    StopCode:
      | (
          | 'EssentialContainerExited'
          | 'InfrastructureHealth'
          | 'ServiceSchedulerInitiated'
          | 'SpotInterruption'
          | 'TaskFailedToStart'
          | 'TerminationNotice'
          | 'UserInitiated'
        )
      | (string & {})
    StreamNotice: {
      code: string
      detail: string
    }
    /** @description `problem`: AWS cannot be asked now. `end`: why the stream ends. */
    StreamNoticeEvent: {
      /** @enum {string} */
      event: 'problem' | 'end'
      data: components['schemas']['StreamNotice']
    }
    /**
     * @example {
     *       "id": "2dc33692a121a30e9ca88662a83c10b6",
     *       "attachments": [
     *         {
     *           "id": "64fb34bb-ebff-4ff7-b9c8-0ccdfdfcf75b",
     *           "type": "ElasticNetworkInterface",
     *           "status": "ATTACHED",
     *           "details": {
     *             "subnetId": "subnet-00000000000000001",
     *             "networkInterfaceId": "eni-64fb34bbebff4ff7b",
     *             "macAddress": "0a:9c:80:cc:df:df",
     *             "privateDnsName": "ip-10-0-0-5.ec2.internal",
     *             "privateIPv4Address": "10.0.0.5"
     *           }
     *         }
     *       ],
     *       "attributes": [
     *         {
     *           "name": "ecs.cpu-architecture",
     *           "value": "x86_64"
     *         },
     *         {
     *           "name": "ecs-api.runtime",
     *           "value": "simulated"
     *         }
     *       ],
     *       "availabilityZone": "us-east-1a",
     *       "cluster": "prod",
     *       "connectivity": "CONNECTED",
     *       "connectivityAt": "2026-11-23T15:57:04.672Z",
     *       "containers": [
     *         {
     *           "arn": "arn:aws:ecs:us-east-1:111122223333:container/prod/2dc33692a121a30e9ca88662a83c10b6/37a1d5af-b727-4407-9094-372d2c36dd9f",
     *           "task": "2dc33692a121a30e9ca88662a83c10b6",
     *           "name": "web",
     *           "image": "nginx:1.29",
     *           "imageDigest": "sha256:b9bad555feb190731c50c86f787a54cb0fba82b55887b2d2f02f0ea72866cfc4",
     *           "runtimeId": "2dc33692a121a30e9ca88662a83c10b6-1264474102",
     *           "lastStatus": "RUNNING",
     *           "networkBindings": [],
     *           "networkInterfaces": [
     *             {
     *               "attachmentId": "64fb34bb-ebff-4ff7-b9c8-0ccdfdfcf75b",
     *               "privateIpv4Address": "10.0.0.5"
     *             }
     *           ],
     *           "healthStatus": "UNKNOWN",
     *           "cpu": 0
     *         }
     *       ],
     *       "cpu": 256,
     *       "createdAt": "2026-11-23T15:57:04.670Z",
     *       "desiredStatus": "RUNNING",
     *       "enableExecuteCommand": false,
     *       "group": "service:www",
     *       "healthStatus": "UNKNOWN",
     *       "lastStatus": "RUNNING",
     *       "launchType": "FARGATE",
     *       "memory": 512,
     *       "overrides": {
     *         "containerOverrides": [
     *           {
     *             "name": "web"
     *           }
     *         ],
     *         "inferenceAcceleratorOverrides": []
     *       },
     *       "platformVersion": "1.4.0",
     *       "platformFamily": "Linux",
     *       "pullStartedAt": "2026-11-23T15:57:04.673Z",
     *       "pullStoppedAt": "2026-11-23T15:57:04.673Z",
     *       "startedAt": "2026-11-23T15:57:04.675Z",
     *       "startedBy": "ecs-svc/8239125911472021897",
     *       "tags": {},
     *       "arn": "arn:aws:ecs:us-east-1:111122223333:task/prod/2dc33692a121a30e9ca88662a83c10b6",
     *       "taskDefinition": "web:1",
     *       "version": 8,
     *       "ephemeralStorage": {
     *         "sizeInGiB": 20
     *       },
     *       "fargateEphemeralStorage": {
     *         "sizeInGiB": 20
     *       },
     *       "runtime": "simulated",
     *       "ports": [],
     *       "address": "10.0.0.5"
     *     }
     */
    Task: {
      attachments: components['schemas']['Attachment'][]
      attributes?: components['schemas']['Attribute'][]
      availabilityZone?: string
      capacityProviderName?: string
      /** @description The short name. */
      cluster: string
      connectivity?: components['schemas']['Connectivity']
      /** Format: date-time */
      connectivityAt?: string
      containerInstanceArn?: string
      containers: components['schemas']['Container'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number | string
      /** Format: date-time */
      createdAt: string
      desiredStatus: components['schemas']['DesiredStatus']
      enableExecuteCommand?: boolean
      /** Format: date-time */
      executionStoppedAt?: string
      group: string
      healthStatus?: components['schemas']['HealthStatus']
      inferenceAccelerators?: components['schemas']['InferenceAccelerator'][]
      lastStatus: components['schemas']['TaskStatus']
      launchType?: components['schemas']['LaunchType']
      /** @description MiB. */
      memory?: number | string
      overrides: components['schemas']['TaskOverride']
      platformVersion?: string
      platformFamily?: string
      /** Format: date-time */
      pullStartedAt?: string
      /** Format: date-time */
      pullStoppedAt?: string
      /** Format: date-time */
      startedAt?: string
      startedBy?: string
      stopCode?: components['schemas']['StopCode']
      /** Format: date-time */
      stoppedAt?: string
      stoppedReason?: string
      /** Format: date-time */
      stoppingAt?: string
      /** @description A map: key → value. */
      tags: {
        [key: string]: string
      }
      arn: string
      /** @description The short name. */
      taskDefinition: string
      version: number
      ephemeralStorage?: components['schemas']['EphemeralStorage']
      fargateEphemeralStorage?: components['schemas']['TaskEphemeralStorage']
      /** @description The last segment of the ARN. */
      id: string
      /** @description Private IPv4 address of the task. */
      address?: string
      publicAddress?: string
      runtime: components['schemas']['Runtime']
      /** @description Ports published on the host, where there are any. */
      ports: components['schemas']['PublishedPort'][]
      outcome?: components['schemas']['WaitOutcome']
      /** @description The reason for the outcome of the wait. */
      reason?: string
    }
    /**
     * @example {
     *       "name": "web:1",
     *       "arn": "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1",
     *       "containerDefinitions": [
     *         {
     *           "name": "web",
     *           "image": "nginx:1.29",
     *           "cpu": 0,
     *           "portMappings": [
     *             {
     *               "containerPort": 80,
     *               "hostPort": 80,
     *               "protocol": "tcp"
     *             }
     *           ],
     *           "essential": true,
     *           "environment": {
     *             "LEVEL": "info"
     *           },
     *           "mountPoints": [],
     *           "volumesFrom": [],
     *           "systemControls": {}
     *         }
     *       ],
     *       "family": "web",
     *       "networkMode": "awsvpc",
     *       "revision": 1,
     *       "volumes": [],
     *       "status": "ACTIVE",
     *       "requiresAttributes": [
     *         {
     *           "name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"
     *         },
     *         {
     *           "name": "ecs.capability.task-eni"
     *         }
     *       ],
     *       "placementConstraints": [],
     *       "compatibilities": [
     *         "EC2",
     *         "MANAGED_INSTANCES",
     *         "FARGATE"
     *       ],
     *       "requiresCompatibilities": [
     *         "FARGATE"
     *       ],
     *       "cpu": 256,
     *       "memory": 512,
     *       "registeredAt": "2026-11-23T15:57:04.647Z",
     *       "registeredBy": "arn:aws:iam::111122223333:root",
     *       "tags": {}
     *     }
     */
    TaskDefinition: {
      arn: string
      containerDefinitions: components['schemas']['ContainerDefinition'][]
      family: string
      taskRoleArn?: string
      executionRoleArn?: string
      networkMode?: components['schemas']['NetworkMode'] | (string & {})
      revision: number
      volumes: components['schemas']['Volume'][]
      status: components['schemas']['TaskDefinitionStatus']
      requiresAttributes?: components['schemas']['Attribute'][]
      placementConstraints: components['schemas']['TaskDefinitionPlacementConstraint'][]
      compatibilities: (components['schemas']['Compatibility'] | string)[]
      runtimePlatform?: components['schemas']['RuntimePlatform']
      requiresCompatibilities?: (components['schemas']['Compatibility'] | string)[]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number | string
      /** @description MiB. */
      memory?: number | string
      inferenceAccelerators?: components['schemas']['InferenceAccelerator'][]
      pidMode?: components['schemas']['PidMode'] | (string & {})
      ipcMode?: components['schemas']['IpcMode'] | (string & {})
      proxyConfiguration?: components['schemas']['ProxyConfiguration']
      /** Format: date-time */
      registeredAt?: string
      /** Format: date-time */
      deregisteredAt?: string
      /** Format: date-time */
      deleteRequestedAt?: string
      registeredBy?: string
      ephemeralStorage?: components['schemas']['EphemeralStorage']
      enableFaultInjection?: boolean
      /** @description `family:revision`. */
      name: string
      /** @description A map: key → value. */
      tags: {
        [key: string]: string
      }
    }
    TaskDefinitionList: {
      items: components['schemas']['TaskDefinitionSummary'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    TaskDefinitionPlacementConstraint: {
      type?: components['schemas']['TaskDefinitionPlacementConstraintType'] | (string & {})
      expression?: string
    }
    TaskDefinitionPlacementConstraintInput: {
      type?: components['schemas']['TaskDefinitionPlacementConstraintType']
      expression?: string
    }
    /** @enum {string} */
    TaskDefinitionPlacementConstraintType: 'memberOf'
    /** @description This is the form of this API. The body can also be the input of ECS’s RegisterTaskDefinition, as `--cli-input-json` of the AWS CLI takes it: `{"family":"web","cpu":"256","memory":"512","containerDefinitions":[{"name":"web","image":"nginx","environment":[{"name":"LEVEL","value":"info"}]}]}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    TaskDefinitionRegister: {
      family: string
      containerDefinitions: components['schemas']['ContainerDefinitionInput'][]
      taskRoleArn?: string
      executionRoleArn?: string
      networkMode?: components['schemas']['NetworkMode']
      volumes?: components['schemas']['VolumeInput'][]
      placementConstraints?: components['schemas']['TaskDefinitionPlacementConstraintInput'][]
      requiresCompatibilities?: components['schemas']['Compatibility'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number
      /** @description MiB. */
      memory?: number
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      pidMode?: components['schemas']['PidMode']
      ipcMode?: components['schemas']['IpcMode']
      proxyConfiguration?: components['schemas']['ProxyConfigurationInput']
      inferenceAccelerators?: components['schemas']['InferenceAccelerator'][]
      ephemeralStorage?: components['schemas']['EphemeralStorage']
      runtimePlatform?: components['schemas']['RuntimePlatformInput']
      enableFaultInjection?: boolean
    }
    TaskDefinitionStatus: ('ACTIVE' | 'DELETE_IN_PROGRESS' | 'INACTIVE') | (string & {})
    /** @description A task definition in a list. GET the task definition for the whole. */
    TaskDefinitionSummary: {
      name: string
      family: string
      revision: number
      arn: string
      status: components['schemas']['TaskDefinitionStatus']
    }
    TaskEphemeralStorage: {
      sizeInGiB?: number
      kmsKeyId?: string
    }
    /** @description A task of a deployment that failed. */
    TaskFailure: {
      /** @description Id of the task. */
      task: string
      reason: string
    }
    /** @enum {string} */
    TaskFilesystemType: 'ext3' | 'ext4' | 'ntfs' | 'xfs'
    TaskList: {
      items: components['schemas']['Task'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    TaskManagedEBSVolumeConfiguration: {
      roleArn: string
      encrypted?: boolean
      kmsKeyId?: string
      volumeType?: string
      sizeInGiB?: number
      snapshotId?: string
      volumeInitializationRate?: number
      iops?: number
      throughput?: number
      tagSpecifications?: components['schemas']['EBSTagSpecificationInput'][]
      terminationPolicy?: components['schemas']['TaskManagedEBSVolumeTerminationPolicy']
      filesystemType?: components['schemas']['TaskFilesystemType']
    }
    TaskManagedEBSVolumeTerminationPolicy: {
      deleteOnTermination: boolean
    }
    TaskOverride: {
      containerOverrides: components['schemas']['ContainerOverride'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number | string
      inferenceAcceleratorOverrides?: components['schemas']['InferenceAcceleratorOverride'][]
      executionRoleArn?: string
      /** @description MiB. */
      memory?: number | string
      taskRoleArn?: string
      ephemeralStorage?: components['schemas']['EphemeralStorage']
    }
    TaskOverrideInput: {
      containerOverrides?: components['schemas']['ContainerOverrideInput'][]
      /** @description CPU units; 1024 are one vCPU. */
      cpu?: number
      inferenceAcceleratorOverrides?: components['schemas']['InferenceAcceleratorOverride'][]
      executionRoleArn?: string
      /** @description MiB. */
      memory?: number
      taskRoleArn?: string
      ephemeralStorage?: components['schemas']['EphemeralStorage']
    }
    /** @description This is the form of this API. The body can also be the input of ECS’s RunTask, as `--cli-input-json` of the AWS CLI takes it: `{"taskDefinition":"migrate","launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"],"assignPublicIp":"ENABLED"}}}`. ECS’s form may have lists in place of maps, numbers as strings, and ARNs in place of names. A resource that a GET or an ECS describe action returned is accepted too, and its fields that only responses have are ignored. */
    TaskRun: {
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.subnets`. */
      subnets?: string[]
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.securityGroups`. */
      securityGroups?: string[]
      /** @description ECS’s `networkConfiguration.awsvpcConfiguration.assignPublicIp`. */
      assignPublicIp?: boolean
      /** @description Name or ARN. */
      taskDefinition: string
      capacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      count?: number
      enableECSManagedTags?: boolean
      enableExecuteCommand?: boolean
      group?: string
      /** @enum {string} */
      launchType?: 'FARGATE'
      overrides?: components['schemas']['TaskOverrideInput']
      placementConstraints?: components['schemas']['PlacementConstraintInput'][]
      placementStrategy?: components['schemas']['PlacementStrategyInput'][]
      platformVersion?: string
      propagateTags?: components['schemas']['PropagateTags']
      referenceId?: string
      startedBy?: string
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      volumeConfigurations?: components['schemas']['TaskVolumeConfiguration'][]
    }
    /** @description ECS’s reason why tasks could not be started. */
    TaskRunFailure: {
      reason: string
      detail: string
    }
    /**
     * Task set of a service
     * @description Tasks of a service whose deployments CodeDeploy or an external controller makes.
     */
    TaskSet: {
      id?: string
      taskSetArn?: string
      /** @description The short name. */
      service?: string
      /** @description The short name. */
      cluster?: string
      startedBy?: string
      externalId?: string
      status?: components['schemas']['TaskSetStatus']
      /** @description The short name. */
      taskDefinition?: string
      computedDesiredCount?: number
      pendingCount?: number
      runningCount?: number
      /** Format: date-time */
      createdAt?: string
      /** Format: date-time */
      updatedAt?: string
      launchType?: components['schemas']['LaunchType']
      capacityProviderStrategy?: components['schemas']['CapacityProviderStrategyItem'][]
      platformVersion?: string
      platformFamily?: string
      networkConfiguration?: components['schemas']['NetworkConfiguration']
      loadBalancers?: components['schemas']['LoadBalancer'][]
      serviceRegistries?: components['schemas']['ServiceRegistry'][]
      scale?: components['schemas']['Scale']
      stabilityStatus?: components['schemas']['StabilityStatus']
      /** Format: date-time */
      stabilityStatusAt?: string
      /** @description A map: key → value. */
      tags?: {
        [key: string]: string
      }
      fargateEphemeralStorage?: components['schemas']['DeploymentEphemeralStorage']
    }
    TaskSetStatus: ('PRIMARY' | 'ACTIVE' | 'DRAINING') | (string & {})
    TaskStatus:
      | (
          | 'PROVISIONING'
          | 'PENDING'
          | 'ACTIVATING'
          | 'RUNNING'
          | 'DEACTIVATING'
          | 'STOPPING'
          | 'DEPROVISIONING'
          | 'STOPPED'
          | 'DELETED'
        )
      | (string & {})
    TaskStreamEvent: {
      id: string
      /** @enum {string} */
      event: 'state' | 'change' | 'deleted'
      data: components['schemas']['Task']
    }
    TaskVolumeConfiguration: {
      name: string
      managedEBSVolume?: components['schemas']['TaskManagedEBSVolumeConfiguration']
    }
    /** @description The tasks that were started, and the failures. */
    TasksRun: {
      items: components['schemas']['Task'][]
      failures: components['schemas']['TaskRunFailure'][]
      outcome?: components['schemas']['WaitOutcome']
      /** @description The reason for the outcome. */
      reason?: string
    }
    ThresholdConfiguration: {
      type: components['schemas']['ThresholdType'] | (string & {})
      value: number
    }
    ThresholdConfigurationInput: {
      type: components['schemas']['ThresholdType']
      value: number
    }
    ThresholdConfigurationPatch: {
      type?: components['schemas']['ThresholdType']
      value?: number
    }
    /** @enum {string} */
    ThresholdType: 'BOUNDED_PERCENT' | 'COUNT' | 'UNBOUNDED_PERCENT'
    /**
     * Timeouts of Service Connect
     * @description How long the Service Connect proxy waits for a request, and keeps an idle connection.
     */
    TimeoutConfiguration: {
      idleTimeoutSeconds?: number
      perRequestTimeoutSeconds?: number
    }
    Tmpfs: {
      containerPath: string
      size: number
      mountOptions?: string[]
    }
    /**
     * @example {
     *       "name": "portal",
     *       "id": "k7m2p9x4ab",
     *       "role": "operator",
     *       "permissions": [],
     *       "accounts": [
     *         "nonprod"
     *       ],
     *       "clusters": [
     *         "web-*"
     *       ],
     *       "taskDefinitions": [
     *         "web-*"
     *       ],
     *       "createdAt": "2026-11-23T15:00:00.000Z",
     *       "createdBy": "admin",
     *       "expiresAt": null,
     *       "lastUsedAt": null
     *     }
     */
    Token: {
      /**
       * @description Letters, digits, `.`, `_`, `@` and `-`. The log and the audit log show the name.
       * @example portal
       */
      name: string
      /** @description The part of the value that is not secret: `ecsapi_<id>_…`. */
      id: string
      role: components['schemas']['Role']
      /** @description Permissions beside those of the role. */
      permissions: components['schemas']['Permission'][]
      accounts: string[]
      clusters: string[]
      /** @description Globs of task definition families. */
      taskDefinitions: string[]
      /** Format: date-time */
      createdAt: string
      /** @description The caller that created it: the name of a token, or `oidc:` and the name of a person. */
      createdBy: string
      expiresAt: string | null
      /** @description Exact to a minute. */
      lastUsedAt: string | null
    }
    TokenCreate: {
      /**
       * @description Letters, digits, `.`, `_`, `@` and `-`. The log and the audit log show the name.
       * @example portal
       */
      name: string
      role: components['schemas']['Role']
      /** @description Permissions beside those of the role. */
      permissions?: components['schemas']['Permission'][]
      /**
       * @description Names of accounts, or globs: `*` is any characters, `?` one character. `["*"]` allows all.
       * @example [
       *       "*"
       *     ]
       */
      accounts?: string[]
      /**
       * @description Names of clusters, or globs: `*` is any characters, `?` one character. `["*"]` allows all.
       * @example [
       *       "*"
       *     ]
       */
      clusters?: string[]
      /**
       * @description Names of families of task definitions, or globs: `*` is any characters, `?` one character. `["*"]` allows all.
       * @example [
       *       "*"
       *     ]
       */
      taskDefinitions?: string[]
      /**
       * Format: date-time
       * @description From this time on the token is rejected.
       */
      expiresAt?: string
    }
    TokenList: {
      items: components['schemas']['Token'][]
      /** @description `?cursor=` of the next page; null on the last page. */
      nextCursor: string | null
    }
    TokenRotate: {
      /**
       * Format: date-time
       * @description The expiry of the new value; unchanged by default.
       */
      expiresAt?: string
    }
    /**
     * @example {
     *       "name": "portal",
     *       "id": "k7m2p9x4ab",
     *       "role": "operator",
     *       "permissions": [],
     *       "accounts": [
     *         "nonprod"
     *       ],
     *       "clusters": [
     *         "web-*"
     *       ],
     *       "taskDefinitions": [
     *         "web-*"
     *       ],
     *       "createdAt": "2026-11-23T15:00:00.000Z",
     *       "createdBy": "admin",
     *       "expiresAt": null,
     *       "lastUsedAt": null,
     *       "token": "ecsapi_k7m2p9x4ab_2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P"
     *     }
     */
    TokenWithValue: {
      /**
       * @description Letters, digits, `.`, `_`, `@` and `-`. The log and the audit log show the name.
       * @example portal
       */
      name: string
      /** @description The part of the value that is not secret: `ecsapi_<id>_…`. */
      id: string
      role: components['schemas']['Role']
      /** @description Permissions beside those of the role. */
      permissions: components['schemas']['Permission'][]
      accounts: string[]
      clusters: string[]
      /** @description Globs of task definition families. */
      taskDefinitions: string[]
      /** Format: date-time */
      createdAt: string
      /** @description The caller that created it: the name of a token, or `oidc:` and the name of a person. */
      createdBy: string
      expiresAt: string | null
      /** @description Exact to a minute. */
      lastUsedAt: string | null
      /** @description The value of the token, which only this response shows. Null in a repeated response (Idempotency-Key). */
      token: string | null
    }
    /** @enum {string} */
    TransportProtocol: 'tcp' | 'udp'
    Ulimit: {
      name: components['schemas']['UlimitName'] | (string & {})
      softLimit: number
      hardLimit: number
    }
    UlimitInput: {
      name: components['schemas']['UlimitName']
      softLimit: number
      hardLimit: number
    }
    /** @enum {string} */
    UlimitName:
      | 'core'
      | 'cpu'
      | 'data'
      | 'fsize'
      | 'locks'
      | 'memlock'
      | 'msgqueue'
      | 'nice'
      | 'nofile'
      | 'nproc'
      | 'rss'
      | 'rtprio'
      | 'rttime'
      | 'sigpending'
      | 'stack'
    /** @description A part of the response that could not be read. */
    UnavailablePart: {
      /** @description What is missing in the response. */
      part: string
      /**
       * @description The AWS action that is missing or denied, as IAM names it.
       * @example ecs:ListServiceDeployments
       */
      action?: string
      reason: string
    }
    /**
     * @description The version of the packaging, else of git, else `unknown`.
     * @example {
     *       "version": "0.1.0",
     *       "githash": "2d5a9e6c1b7f4f0e8a3d9c5b6e7f8a9b0c1d2e3f",
     *       "buildstamp": "2026-11-23T15:00:00Z"
     *     }
     */
    Version: {
      version: string
      githash: string
      buildstamp: string
    }
    /** @enum {string} */
    VersionConsistency: 'disabled' | 'enabled'
    Volume: {
      name?: string
      host?: components['schemas']['HostVolumeProperties']
      dockerVolumeConfiguration?: components['schemas']['DockerVolumeConfiguration']
      efsVolumeConfiguration?: components['schemas']['EFSVolumeConfiguration']
      s3filesVolumeConfiguration?: components['schemas']['S3FilesVolumeConfiguration']
      fsxWindowsFileServerVolumeConfiguration?: components['schemas']['FSxWindowsFileServerVolumeConfiguration']
      configuredAtLaunch?: boolean
    }
    /**
     * Volumes taken from another container
     * @description The container mounts the volumes of another container of the same task definition.
     */
    VolumeFrom: {
      sourceContainer?: string
      readOnly?: boolean
    }
    VolumeInput: {
      name?: string
      host?: components['schemas']['HostVolumeProperties']
      dockerVolumeConfiguration?: components['schemas']['DockerVolumeConfigurationInput']
      efsVolumeConfiguration?: components['schemas']['EFSVolumeConfigurationInput']
      s3filesVolumeConfiguration?: components['schemas']['S3FilesVolumeConfiguration']
      fsxWindowsFileServerVolumeConfiguration?: components['schemas']['FSxWindowsFileServerVolumeConfiguration']
      configuredAtLaunch?: boolean
    }
    /** @enum {string} */
    VolumeScope: 'shared' | 'task'
    VpcLatticeAdvancedConfiguration: {
      alternateTargetGroupArn?: string
      productionListenerRule?: string
      testListenerRule?: string
    }
    VpcLatticeConfiguration: {
      roleArn: string
      targetGroupArn: string
      portName: string
      advancedConfiguration?: components['schemas']['VpcLatticeAdvancedConfiguration']
    }
    /**
     * @description How the wait ended (`?wait=`).
     * @enum {string}
     */
    WaitOutcome: 'reached' | 'failed' | 'timeout'
  }
  responses: {
    /** @description Bad Gateway. `x-problems` of the operation has the codes of the problems that it can have. */
    BadGateway: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Bad Request. `x-problems` of the operation has the codes of the problems that it can have. */
    BadRequest: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Conflict. `x-problems` of the operation has the codes of the problems that it can have. */
    Conflict: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Forbidden. `x-problems` of the operation has the codes of the problems that it can have. */
    Forbidden: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Gateway Timeout. `x-problems` of the operation has the codes of the problems that it can have. */
    GatewayTimeout: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Gone. `x-problems` of the operation has the codes of the problems that it can have. */
    Gone: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Not Acceptable. `x-problems` of the operation has the codes of the problems that it can have. */
    NotAcceptable: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Not Found. `x-problems` of the operation has the codes of the problems that it can have. */
    NotFound: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Not Implemented. `x-problems` of the operation has the codes of the problems that it can have. */
    NotImplemented: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Not modified (If-None-Match). */
    NotModified: {
      headers: {
        [name: string]: unknown
      }
      content?: never
    }
    /** @description Any other problem. */
    OtherProblem: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Payload Too Large. `x-problems` of the operation has the codes of the problems that it can have. */
    PayloadTooLarge: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Precondition Failed. `x-problems` of the operation has the codes of the problems that it can have. */
    PreconditionFailed: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Service Unavailable. `x-problems` of the operation has the codes of the problems that it can have. */
    ServiceUnavailable: {
      headers: {
        'Retry-After'?: components['headers']['RetryAfter']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Too Many Requests. `x-problems` of the operation has the codes of the problems that it can have. */
    TooManyRequests: {
      headers: {
        'Retry-After'?: components['headers']['RetryAfter']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Unauthorized. `x-problems` of the operation has the codes of the problems that it can have. */
    Unauthorized: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
    /** @description Unsupported Media Type. `x-problems` of the operation has the codes of the problems that it can have. */
    UnsupportedMediaType: {
      headers: {
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem']
      }
    }
  }
  parameters: {
    /** @description The account’s name in the configuration. */
    AccountName: string
    /** @description Only requests of this token. */
    AuditCaller: string
    /** @description Only requests whose path names this cluster. */
    AuditCluster: string
    /** @description Only changes, or only plans (`?dryRun=true`), which change nothing. Without it, both. */
    AuditKind: 'change' | 'plan'
    /** @description Only requests whose path names this service, or that create it, in all clusters or in `cluster`. */
    AuditService: string
    /** @description Only requests from this time on: ISO 8601, or a duration back from now, such as `15m`, `3h`, `2d`. */
    AuditSince: string
    /** @description Only requests before this time, in the same form. */
    AuditUntil: string
    /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
    CacheControl: string
    /** @description Clusters by name or glob, separated by commas. */
    ChangedClusters: string
    /** @description Services as `cluster/service`, separated by commas; both parts may be globs: `prod/*`. */
    ChangedServices: string
    /** @description Tasks as `cluster/id`, separated by commas; both parts may be globs: `prod/*`. */
    ChangedTasks: string
    /** @description Name or ARN of the cluster. */
    ClusterRef: string
    /** @description `nextCursor` of the previous page. */
    Cursor: string
    /** @description Id of the deployment: the last segment of its ARN. */
    DeploymentRef: string
    /** @description How many seconds a command without a terminal may run; the default is 55. */
    ExecTimeout: number
    /** @description With `?wait=`: the response to a failure is 409. */
    FailWith409: boolean
    /** @description With `none`, the first state is one empty page. For clients that need the changes alone. */
    FirstState: 'all' | 'none'
    /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
    IdempotencyKey: string
    /** @description The `configVersion` or `ETag` that the resource must still have. */
    IfMatch: string
    /** @description An `ETag`: the response is 304 when the resource still has it. */
    IfNoneMatch: string
    /** @description Adds the events of each service, which lists leave out by default. */
    IncludeEvents: 'events'
    /** @description For the event stream: resume after this event. */
    LastEventID: string
    /** @description Maximum number of items. */
    Limit: number
    /** @description `DRAINING`: deleted services whose tasks still stop, and `ALL`: these, too. ECS does not list them: those are returned that the gateway has deleted or described since their deletion. */
    ListedServiceStatus: 'ACTIVE' | 'DRAINING' | 'ALL'
    /** @description Only lines of this container. */
    LogContainer: string
    /** @description `nextCursor` of the previous page; for the event stream the id of the last event. */
    LogCursor: string
    /** @description Follows, as `Accept: text/event-stream` does. */
    LogFollow: boolean
    /** @description Only lines that contain this text. Case-sensitive, unless `ignoreCase` is given. */
    LogGrep: string
    /** @description Capital and small letters are the same for `grep`. */
    LogIgnoreCase: boolean
    /** @description Maximum number of lines. */
    LogLimit: number
    /** @description Only lines of this task (id or ARN). ECS may have forgotten the task if its log stream still exists. */
    LogTask: string
    /** @description Seconds from one point to the next, a multiple of 60. The default is the shortest period that gives at most 1,440 points. It is at least 300 beyond 15 days, and 3600 beyond 63 days. */
    MetricsPeriod: number
    /** @description The start: ISO 8601, or a duration back from now, such as `90m`, `3h`, `7d`. CloudWatch keeps metrics for 455 days. */
    MetricsSince: string
    /** @description What happens when a deployment of the service is in progress: `supersede` replaces it, as ECS does; `reject` changes nothing, and the response is 409 `DeploymentInProgress`. */
    OnBusy: 'supersede' | 'reject'
    /** @description Number of the release. */
    ReleaseRef: string
    /** @description Name or ARN of the service. */
    ServiceRef: string
    /** @description For the event stream: the id of the last event that the client has, as `Last-Event-ID`. */
    StreamCursor: string
    /** @description A family (its newest ACTIVE revision), `family:revision`, or an ARN. */
    TaskDefinitionRef: string
    /** @description Only tasks of this task definition family. */
    TaskFamily: string
    /** @description Id or ARN of the task. */
    TaskRef: string
    /** @description Only tasks of this service (name or ARN). */
    TaskService: string
    /** @description Only tasks with this `startedBy`. */
    TaskStartedBy: string
    /** @description Only tasks with this `lastStatus`; `PENDING` is every status before `RUNNING`. Without it, all tasks that are not stopped. */
    TaskStatusFilter: 'RUNNING' | 'PENDING' | 'STOPPED' | 'ALL'
    /** @description Name of the token. */
    TokenName: string
    /** @description Waits at most `timeout` seconds until the deployment that this request started has ended. */
    WaitStable: 'STABLE'
    /** @description The maximum of `?wait=` in seconds. */
    WaitTimeout: number
  }
  requestBodies: never
  headers: {
    /** @description Age of the answer in seconds. */
    Age: number
    /** @description For If-None-Match. */
    ETag: string
    /** @description The id of the service deployment that the request made; `none` where it made none. Absent in the response of a dry run, and where ECS does not name it within 2 s. */
    EcsApiDeployment: string
    /** @description `budget`: the answer is more than 2 s old, because the AWS request budget of the account is exhausted. */
    EcsApiStale: 'budget'
    /** @description The next page, as `rel="next"`. */
    Link: string
    /** @description Path of the created resource. */
    Location: string
    /** @description Seconds to wait before a retry, where they are known. */
    RetryAfter: number
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  ping: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The process responds. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'text/plain': 'pong'
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      406: components['responses']['NotAcceptable']
      default: components['responses']['OtherProblem']
    }
  }
  getVersion: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The version of the packaging, else of git, else `unknown`. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Version']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      406: components['responses']['NotAcceptable']
      default: components['responses']['OtherProblem']
    }
  }
  getHealth: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The process is alive. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Health']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      406: components['responses']['NotAcceptable']
      default: components['responses']['OtherProblem']
    }
  }
  getReadiness: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The process may receive traffic: the store responds and accepts writes, the engine of local accounts is open and can write, and the process is not stopping. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Readiness']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      406: components['responses']['NotAcceptable']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  getMetrics: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Prometheus’s text format. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'text/plain': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  listAccounts: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All accounts. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AccountList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  listImages: {
    parameters: {
      query?: {
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ImageList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getMe: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Me']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  listTokens: {
    parameters: {
      query?: {
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TokenList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  createToken: {
    parameters: {
      query?: never
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TokenCreate']
      }
    }
    responses: {
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TokenWithValue']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  getToken: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path: {
        /** @description Name of the token. */
        token: components['parameters']['TokenName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Token']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  deleteToken: {
    parameters: {
      query?: never
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description Name of the token. */
        token: components['parameters']['TokenName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Token']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  rotateToken: {
    parameters: {
      query?: never
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description Name of the token. */
        token: components['parameters']['TokenName']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['TokenRotate']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TokenWithValue']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  getSignInMethods: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description How a browser can sign in, beside a token and a one-time code. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SignInMethods']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      406: components['responses']['NotAcceptable']
      default: components['responses']['OtherProblem']
    }
  }
  createSession: {
    parameters: {
      query?: never
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['SignIn']
      }
    }
    responses: {
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Session']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  deleteSession: {
    parameters: {
      query?: never
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The session has ended, with its streams and terminals. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['EndedSession']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  createOneTimeCode: {
    parameters: {
      query?: never
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['OneTimeCode']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  listAccountAuditEntries: {
    parameters: {
      query?: {
        /** @description Only requests from this time on: ISO 8601, or a duration back from now, such as `15m`, `3h`, `2d`. */
        since?: components['parameters']['AuditSince']
        /** @description Only requests before this time, in the same form. */
        until?: components['parameters']['AuditUntil']
        /** @description Only requests of this token. */
        caller?: components['parameters']['AuditCaller']
        /** @description Only requests whose path names this cluster. */
        cluster?: components['parameters']['AuditCluster']
        /** @description Only requests whose path names this service, or that create it, in all clusters or in `cluster`. */
        service?: components['parameters']['AuditService']
        /** @description Only changes, or only plans (`?dryRun=true`), which change nothing. Without it, both. */
        kind?: components['parameters']['AuditKind']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AuditEntryList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  listAuditEntries: {
    parameters: {
      query?: {
        /** @description Only requests from this time on: ISO 8601, or a duration back from now, such as `15m`, `3h`, `2d`. */
        since?: components['parameters']['AuditSince']
        /** @description Only requests before this time, in the same form. */
        until?: components['parameters']['AuditUntil']
        /** @description Only requests of this token. */
        caller?: components['parameters']['AuditCaller']
        /** @description Only requests whose path names this cluster. */
        cluster?: components['parameters']['AuditCluster']
        /** @description Only requests whose path names this service, or that create it, in all clusters or in `cluster`. */
        service?: components['parameters']['AuditService']
        /** @description Only changes, or only plans (`?dryRun=true`), which change nothing. Without it, both. */
        kind?: components['parameters']['AuditKind']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AuditEntryList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      503: components['responses']['ServiceUnavailable']
      default: components['responses']['OtherProblem']
    }
  }
  listClusters: {
    parameters: {
      query?: {
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ClusterList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  createCluster: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['ClusterCreate']
      }
    }
    responses: {
      /** @description The plan of a change, which was not made. `web:(new)` is a revision that the change would register. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Plan']
        }
      }
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Cluster']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getCluster: {
    parameters: {
      query?: {
        /** @description For the event stream: the id of the last event that the client has, as `Last-Event-ID`. */
        cursor?: components['parameters']['StreamCursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Cluster']
          'text/event-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  putCluster: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['ClusterPut']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Cluster'] | components['schemas']['Plan']
        }
      }
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Cluster']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  deleteCluster: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Cluster'] | components['schemas']['Plan']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  updateCluster: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/merge-patch+json': components['schemas']['ClusterPatch']
        'application/json': components['schemas']['ClusterPatch']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Cluster'] | components['schemas']['Plan']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  streamChanges: {
    parameters: {
      query?: {
        /** @description With `none`, the first state is one empty page. For clients that need the changes alone. */
        state?: components['parameters']['FirstState']
        /** @description Clusters by name or glob, separated by commas. */
        clusters?: components['parameters']['ChangedClusters']
        /** @description Services as `cluster/service`, separated by commas; both parts may be globs: `prod/*`. */
        services?: components['parameters']['ChangedServices']
        /** @description Tasks as `cluster/id`, separated by commas; both parts may be globs: `prod/*`. */
        tasks?: components['parameters']['ChangedTasks']
        /** @description For the event stream: the id of the last event that the client has, as `Last-Event-ID`. */
        cursor?: components['parameters']['StreamCursor']
      }
      header?: {
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'text/event-stream': string
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listTaskDefinitions: {
    parameters: {
      query?: {
        /** @description Only revisions of this family. */
        family?: string
        status?: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS' | 'ALL'
        /** @description Only the newest revision of each family. */
        latest?: boolean
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskDefinitionList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  registerTaskDefinition: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskDefinitionRegister']
      }
    }
    responses: {
      /** @description The plan of a change, which was not made. `web:(new)` is a revision that the change would register. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Plan']
        }
      }
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskDefinition']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getTaskDefinition: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description A family (its newest ACTIVE revision), `family:revision`, or an ARN. */
        taskdef: components['parameters']['TaskDefinitionRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskDefinition']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  deregisterTaskDefinition: {
    parameters: {
      query?: {
        /** @description Also deletes the deregistered revisions, and those that were INACTIVE before. */
        purge?: boolean
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description A family (its newest ACTIVE revision), `family:revision`, or an ARN. */
        taskdef: components['parameters']['TaskDefinitionRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json':
            | components['schemas']['TaskDefinition']
            | components['schemas']['FamilyDeregistered']
            | components['schemas']['Plan']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listAllTasks: {
    parameters: {
      query?: {
        /** @description Only tasks of this service (name or ARN). */
        service?: components['parameters']['TaskService']
        /** @description Only tasks of this task definition family. */
        family?: components['parameters']['TaskFamily']
        /** @description Only tasks with this `startedBy`. */
        startedBy?: components['parameters']['TaskStartedBy']
        /** @description Only tasks with this `lastStatus`; `PENDING` is every status before `RUNNING`. Without it, all tasks that are not stopped. */
        status?: components['parameters']['TaskStatusFilter']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listTasks: {
    parameters: {
      query?: {
        /** @description Only tasks of this service (name or ARN). */
        service?: components['parameters']['TaskService']
        /** @description Only tasks of this task definition family. */
        family?: components['parameters']['TaskFamily']
        /** @description Only tasks with this `startedBy`. */
        startedBy?: components['parameters']['TaskStartedBy']
        /** @description Only tasks with this `lastStatus`; `PENDING` is every status before `RUNNING`. Without it, all tasks that are not stopped. */
        status?: components['parameters']['TaskStatusFilter']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  runTasks: {
    parameters: {
      query?: {
        /** @description Waits at most `timeout` seconds until every task has started (`RUNNING`) or stopped (`STOPPED`). */
        wait?: 'RUNNING' | 'STOPPED'
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskRun']
      }
    }
    responses: {
      /** @description The tasks that were started, and the failures. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TasksRun']
        }
      }
      /** @description The tasks that were started, and the failures. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TasksRun']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getTask: {
    parameters: {
      query?: {
        /** @description For the event stream: the id of the last event that the client has, as `Last-Event-ID`. */
        cursor?: components['parameters']['StreamCursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Id or ARN of the task. */
        task: components['parameters']['TaskRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
          'text/event-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  stopTask: {
    parameters: {
      query?: {
        /** @description Becomes the task’s `stoppedReason`. */
        reason?: string
        /** @description Waits at most `timeout` seconds until the task has stopped. */
        wait?: 'STOPPED'
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Id or ARN of the task. */
        task: components['parameters']['TaskRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      /** @description The wait timed out. The change goes on. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Task']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listAllServices: {
    parameters: {
      query?: {
        /** @description Adds the events of each service, which lists leave out by default. */
        include?: components['parameters']['IncludeEvents']
        /** @description `DRAINING`: deleted services whose tasks still stop, and `ALL`: these, too. ECS does not list them: those are returned that the gateway has deleted or described since their deletion. */
        status?: components['parameters']['ListedServiceStatus']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listServices: {
    parameters: {
      query?: {
        /** @description Adds the events of each service, which lists leave out by default. */
        include?: components['parameters']['IncludeEvents']
        /** @description `DRAINING`: deleted services whose tasks still stop, and `ALL`: these, too. ECS does not list them: those are returned that the gateway has deleted or described since their deletion. */
        status?: components['parameters']['ListedServiceStatus']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  createService: {
    parameters: {
      query?: {
        /** @description Waits at most `timeout` seconds until the deployment that this request started has ended. */
        wait?: components['parameters']['WaitStable']
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ServiceCreate']
      }
    }
    responses: {
      /** @description The plan of a change, which was not made. `web:(new)` is a revision that the change would register. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Plan']
        }
      }
      /** @description Created. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
        }
      }
      /** @description The wait timed out. The change goes on. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getService: {
    parameters: {
      query?: {
        /** @description For the event stream: the id of the last event that the client has, as `Last-Event-ID`. */
        cursor?: components['parameters']['StreamCursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
          'text/event-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  deleteService: {
    parameters: {
      query?: {
        /** @description Deletes the service without setting its count to 0 first (`force` of ECS). */
        force?: boolean
        /** @description Waits at most `timeout` seconds until the service is INACTIVE: its last task has stopped. */
        wait?: 'INACTIVE'
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service'] | components['schemas']['Plan']
        }
      }
      /** @description The wait timed out. The change goes on. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  updateService: {
    parameters: {
      query?: {
        /** @description Waits at most `timeout` seconds until the deployment that this request started has ended. */
        wait?: components['parameters']['WaitStable']
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
        /** @description What happens when a deployment of the service is in progress: `supersede` replaces it, as ECS does; `reject` changes nothing, and the response is 409 `DeploymentInProgress`. */
        onBusy?: components['parameters']['OnBusy']
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/merge-patch+json': components['schemas']['ServicePatch']
        'application/json': components['schemas']['ServicePatch']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service'] | components['schemas']['Plan']
        }
      }
      /** @description The wait timed out. The change goes on. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  restartService: {
    parameters: {
      query?: {
        /** @description Waits at most `timeout` seconds until the deployment that this request started has ended. */
        wait?: components['parameters']['WaitStable']
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
        /** @description What happens when a deployment of the service is in progress: `supersede` replaces it, as ECS does; `reject` changes nothing, and the response is 409 `DeploymentInProgress`. */
        onBusy?: components['parameters']['OnBusy']
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service'] | components['schemas']['Plan']
        }
      }
      /** @description The wait timed out. The change goes on. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listServiceTasks: {
    parameters: {
      query?: {
        /** @description Only tasks of this task definition family. */
        family?: components['parameters']['TaskFamily']
        /** @description Only tasks with this `startedBy`. */
        startedBy?: components['parameters']['TaskStartedBy']
        /** @description Only tasks with this `lastStatus`; `PENDING` is every status before `RUNNING`. Without it, all tasks that are not stopped. */
        status?: components['parameters']['TaskStatusFilter']
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['TaskList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listServiceEvents: {
    parameters: {
      query?: {
        /** @description Only events from this time on. */
        since?: string
        /** @description Only events before this time. */
        until?: string
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceEventList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listClusterEvents: {
    parameters: {
      query?: {
        /** @description Only events from this time on. */
        since?: string
        /** @description Only events before this time. */
        until?: string
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ClusterEventList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listDeployments: {
    parameters: {
      query?: {
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceDeploymentList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getDeployment: {
    parameters: {
      query?: {
        /** @description For the event stream: the id of the last event that the client has, as `Last-Event-ID`. */
        cursor?: components['parameters']['StreamCursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
        /** @description Id of the deployment: the last segment of its ARN. */
        deployment: components['parameters']['DeploymentRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceDeployment']
          'text/event-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  stopDeployment: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
        /** @description Id of the deployment: the last segment of its ARN. */
        deployment: components['parameters']['DeploymentRef']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['DeploymentStop']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceDeployment'] | components['schemas']['Plan']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  continueDeployment: {
    parameters: {
      query?: {
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
        /** @description Id of the deployment: the last segment of its ARN. */
        deployment: components['parameters']['DeploymentRef']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['DeploymentContinue']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ServiceDeployment'] | components['schemas']['Plan']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listServiceLogs: {
    parameters: {
      query?: {
        /** @description Only lines of this task (id or ARN). ECS may have forgotten the task if its log stream still exists. */
        task?: components['parameters']['LogTask']
        /** @description Only lines of this container. */
        container?: components['parameters']['LogContainer']
        /** @description Only lines from this time on, oldest first: ISO 8601, or a duration back from now, such as `90s`, `15m`, `3h`, `2d`. Without it, the newest lines are returned, and the next page is older. */
        since?: string
        /** @description Only lines before this time, in the same form. */
        until?: string
        /** @description Only lines that contain this text. Case-sensitive, unless `ignoreCase` is given. */
        grep?: components['parameters']['LogGrep']
        /** @description Capital and small letters are the same for `grep`. */
        ignoreCase?: components['parameters']['LogIgnoreCase']
        /** @description Maximum number of lines. */
        limit?: components['parameters']['LogLimit']
        /** @description `nextCursor` of the previous page; for the event stream the id of the last event. */
        cursor?: components['parameters']['LogCursor']
        /** @description Follows, as `Accept: text/event-stream` does. */
        follow?: components['parameters']['LogFollow']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['LogPage']
          'text/plain': string
          'application/x-ndjson': components['schemas']['LogLine']
          'text/event-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listTaskLogs: {
    parameters: {
      query?: {
        /** @description Only lines of this container. */
        container?: components['parameters']['LogContainer']
        /** @description Only lines from this time on, oldest first: ISO 8601, or a duration back from now, such as `90s`, `15m`, `3h`, `2d`. Without it, the newest lines are returned, and the next page is older. */
        since?: string
        /** @description Only lines before this time, in the same form. */
        until?: string
        /** @description Only lines that contain this text. Case-sensitive, unless `ignoreCase` is given. */
        grep?: components['parameters']['LogGrep']
        /** @description Capital and small letters are the same for `grep`. */
        ignoreCase?: components['parameters']['LogIgnoreCase']
        /** @description Maximum number of lines. */
        limit?: components['parameters']['LogLimit']
        /** @description `nextCursor` of the previous page; for the event stream the id of the last event. */
        cursor?: components['parameters']['LogCursor']
        /** @description Follows, as `Accept: text/event-stream` does. */
        follow?: components['parameters']['LogFollow']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
        /** @description For the event stream: resume after this event. */
        'Last-Event-ID'?: components['parameters']['LastEventID']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Id or ARN of the task. */
        task: components['parameters']['TaskRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['LogPage']
          'text/plain': string
          'application/x-ndjson': components['schemas']['LogLine']
          'text/event-stream': string
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      410: components['responses']['Gone']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getServiceMetrics: {
    parameters: {
      query?: {
        /** @description The start: ISO 8601, or a duration back from now, such as `90m`, `3h`, `7d`. CloudWatch keeps metrics for 455 days. */
        since?: components['parameters']['MetricsSince']
        /** @description Seconds from one point to the next, a multiple of 60. The default is the shortest period that gives at most 1,440 points. It is at least 300 beyond 15 days, and 3600 beyond 63 days. */
        period?: components['parameters']['MetricsPeriod']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Metrics']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getTaskMetrics: {
    parameters: {
      query?: {
        /** @description The start: ISO 8601, or a duration back from now, such as `90m`, `3h`, `7d`. CloudWatch keeps metrics for 455 days. */
        since?: components['parameters']['MetricsSince']
        /** @description Seconds from one point to the next, a multiple of 60. The default is the shortest period that gives at most 1,440 points. It is at least 300 beyond 15 days, and 3600 beyond 63 days. */
        period?: components['parameters']['MetricsPeriod']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Id or ARN of the task. */
        task: components['parameters']['TaskRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Metrics']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  execInTask: {
    parameters: {
      query?: {
        /** @description How many seconds a command without a terminal may run; the default is 55. */
        timeout?: components['parameters']['ExecTimeout']
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Id or ARN of the task. */
        task: components['parameters']['TaskRef']
      }
      cookie?: never
    }
    requestBody: {
      content: {
        'application/json': components['schemas']['ExecRequest']
      }
    }
    responses: {
      /** @description A command that has ended. */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ExecResult']
        }
      }
      /** @description A session that waits for its WebSocket. */
      201: {
        headers: {
          Location?: components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ExecTerminal']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  diagnoseService: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Diagnosis']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  diagnoseTask: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Id or ARN of the task. */
        task: components['parameters']['TaskRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Diagnosis']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  diagnoseAccount: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['AccountDiagnosis']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  listReleases: {
    parameters: {
      query?: {
        /** @description Maximum number of items. */
        limit?: components['parameters']['Limit']
        /** @description `nextCursor` of the previous page. */
        cursor?: components['parameters']['Cursor']
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          Link?: components['headers']['Link']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReleaseList']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  getRelease: {
    parameters: {
      query?: never
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
        /** @description `no-cache` asks AWS now; `max-age` accepts an answer of at most that many seconds. Default: at most 2 s. */
        'Cache-Control'?: components['parameters']['CacheControl']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
        /** @description Number of the release. */
        release: components['parameters']['ReleaseRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          'Ecs-Api-Stale'?: components['headers']['EcsApiStale']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Release']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  diffReleases: {
    parameters: {
      query?: {
        /** @description Another release; by default the current one. */
        to?: number
      }
      header?: {
        /** @description An `ETag`: the response is 304 when the resource still has it. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
        /** @description Number of the release. */
        release: components['parameters']['ReleaseRef']
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          ETag: components['headers']['ETag']
          Age: components['headers']['Age']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ReleaseDiff']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
  rollbackService: {
    parameters: {
      query?: {
        /** @description Waits at most `timeout` seconds until the deployment that this request started has ended. */
        wait?: components['parameters']['WaitStable']
        /** @description The maximum of `?wait=` in seconds. */
        timeout?: components['parameters']['WaitTimeout']
        /** @description With `?wait=`: the response to a failure is 409. */
        fail?: components['parameters']['FailWith409']
        /** @description What happens when a deployment of the service is in progress: `supersede` replaces it, as ECS does; `reject` changes nothing, and the response is 409 `DeploymentInProgress`. */
        onBusy?: components['parameters']['OnBusy']
        /** @description Returns the plan of the change, and changes nothing. */
        dryRun?: boolean
      }
      header?: {
        /** @description Within 24 hours, a repeated request with the same key changes nothing more. It gets the first response again. */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey']
        /** @description The `configVersion` or `ETag` that the resource must still have. */
        'If-Match'?: components['parameters']['IfMatch']
      }
      path: {
        /** @description The account’s name in the configuration. */
        account: components['parameters']['AccountName']
        /** @description Name or ARN of the cluster. */
        cluster: components['parameters']['ClusterRef']
        /** @description Name or ARN of the service. */
        service: components['parameters']['ServiceRef']
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['RollbackRequest']
      }
    }
    responses: {
      /** @description The request succeeded. */
      200: {
        headers: {
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service'] | components['schemas']['RollbackPlan']
        }
      }
      /** @description The wait timed out. The change goes on. */
      202: {
        headers: {
          Location?: components['headers']['Location']
          'Ecs-Api-Deployment'?: components['headers']['EcsApiDeployment']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Service']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      406: components['responses']['NotAcceptable']
      409: components['responses']['Conflict']
      412: components['responses']['PreconditionFailed']
      413: components['responses']['PayloadTooLarge']
      415: components['responses']['UnsupportedMediaType']
      429: components['responses']['TooManyRequests']
      501: components['responses']['NotImplemented']
      502: components['responses']['BadGateway']
      503: components['responses']['ServiceUnavailable']
      504: components['responses']['GatewayTimeout']
      default: components['responses']['OtherProblem']
    }
  }
}

export interface operationIds {
  'GET /ping': 'ping'
  'GET /version': 'getVersion'
  'GET /accounts': 'listAccounts'
  'GET /{account}/images': 'listImages'
  'GET /me': 'getMe'
  'GET /tokens': 'listTokens'
  'POST /tokens': 'createToken'
  'GET /tokens/{token}': 'getToken'
  'DELETE /tokens/{token}': 'deleteToken'
  'POST /tokens/{token}/rotate': 'rotateToken'
  'GET /{account}/audit': 'listAccountAuditEntries'
  'GET /audit': 'listAuditEntries'
  'GET /{account}/clusters': 'listClusters'
  'POST /{account}/clusters': 'createCluster'
  'GET /{account}/clusters/{cluster}': 'getCluster'
  'PUT /{account}/clusters/{cluster}': 'putCluster'
  'PATCH /{account}/clusters/{cluster}': 'updateCluster'
  'DELETE /{account}/clusters/{cluster}': 'deleteCluster'
  'GET /{account}/changes': 'streamChanges'
  'GET /{account}/taskdefs': 'listTaskDefinitions'
  'POST /{account}/taskdefs': 'registerTaskDefinition'
  'GET /{account}/taskdefs/{taskdef}': 'getTaskDefinition'
  'DELETE /{account}/taskdefs/{taskdef}': 'deregisterTaskDefinition'
  'GET /{account}/tasks': 'listAllTasks'
  'GET /{account}/clusters/{cluster}/tasks': 'listTasks'
  'POST /{account}/clusters/{cluster}/tasks': 'runTasks'
  'GET /{account}/clusters/{cluster}/tasks/{task}': 'getTask'
  'DELETE /{account}/clusters/{cluster}/tasks/{task}': 'stopTask'
  'GET /{account}/services': 'listAllServices'
  'GET /{account}/clusters/{cluster}/services': 'listServices'
  'POST /{account}/clusters/{cluster}/services': 'createService'
  'GET /{account}/clusters/{cluster}/services/{service}': 'getService'
  'PATCH /{account}/clusters/{cluster}/services/{service}': 'updateService'
  'DELETE /{account}/clusters/{cluster}/services/{service}': 'deleteService'
  'POST /{account}/clusters/{cluster}/services/{service}/restart': 'restartService'
  'GET /{account}/clusters/{cluster}/services/{service}/tasks': 'listServiceTasks'
  'GET /{account}/clusters/{cluster}/services/{service}/events': 'listServiceEvents'
  'GET /{account}/clusters/{cluster}/events': 'listClusterEvents'
  'GET /{account}/clusters/{cluster}/services/{service}/deployments': 'listDeployments'
  'GET /{account}/clusters/{cluster}/services/{service}/deployments/{deployment}': 'getDeployment'
  'POST /{account}/clusters/{cluster}/services/{service}/deployments/{deployment}/stop': 'stopDeployment'
  'POST /{account}/clusters/{cluster}/services/{service}/deployments/{deployment}/continue': 'continueDeployment'
  'GET /{account}/clusters/{cluster}/services/{service}/logs': 'listServiceLogs'
  'GET /{account}/clusters/{cluster}/tasks/{task}/logs': 'listTaskLogs'
  'GET /{account}/clusters/{cluster}/services/{service}/metrics': 'getServiceMetrics'
  'GET /{account}/clusters/{cluster}/tasks/{task}/metrics': 'getTaskMetrics'
  'POST /{account}/clusters/{cluster}/tasks/{task}/exec': 'execInTask'
  'GET /{account}/clusters/{cluster}/services/{service}/diagnosis': 'diagnoseService'
  'GET /{account}/clusters/{cluster}/tasks/{task}/diagnosis': 'diagnoseTask'
  'GET /{account}/diagnosis': 'diagnoseAccount'
  'GET /{account}/clusters/{cluster}/services/{service}/releases': 'listReleases'
  'GET /{account}/clusters/{cluster}/services/{service}/releases/{release}': 'getRelease'
  'GET /{account}/clusters/{cluster}/services/{service}/releases/{release}/diff': 'diffReleases'
  'POST /{account}/clusters/{cluster}/services/{service}/rollback': 'rollbackService'
}
