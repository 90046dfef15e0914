using Xunit;

namespace Vigie.Simulation;

/// <summary>Not beside other tests: these would take its cores, and it theirs.</summary>
[CollectionDefinition(nameof(VolumeTests), DisableParallelization = true)]
public class VolumeTestsAlone;
