using System.Globalization;
using Vigie.Lab;
using Vigie.Lab.Processes;

namespace Vigie.Bench.Steady;

/// <summary>Work at normal priority: two busy loops for each processor, and a writer to the disk. Ends by itself in any case.</summary>
internal sealed class ProcessorLoad : IDisposable
{
    private readonly List<LabProcess> _processes = [];

    public ProcessorLoad(LabHost host, TimeSpan atMost)
    {
        var seconds = atMost.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
            _processes.Add(host.Start("timeout", [seconds, "sh", "-c", "while :; do :; done"]));
        _processes.Add(host.Start("timeout", [seconds, "sh", "-c", "while dd if=/dev/zero of=written bs=1M count=64 conv=fsync status=none; do :; done"]));
    }

    /// <summary>A load that ended early is no load: what was measured counts for nothing.</summary>
    public void ThrowIfOver()
    {
        if (_processes.Find(process => process.Exited) is { } over)
            throw new LabException($"the load ended early: {over.Description}\n{over.Tail()}");
    }

    public void Dispose()
    {
        _processes.ForEach(process => process.Kill());
        _processes.Clear();
    }
}
