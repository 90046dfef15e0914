using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>Marks tests that count what the whole process holds and so must run when no other test does.</summary>
[CollectionDefinition(nameof(AloneDefinition), DisableParallelization = true)]
public sealed class AloneDefinition;
