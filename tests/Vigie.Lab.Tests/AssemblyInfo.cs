using Xunit.Sdk;
using Xunit.v3;

// Lab tests measure time with real programs; run side by side they would measure each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
