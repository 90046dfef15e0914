using Vigie.Core.Election;
using Vigie.Core.Net;

namespace Vigie.Node.Guarding;

/// <summary>Everything that a record depends on besides the configuration (which gets a board of its own): another one means that the record is written anew.</summary>
internal readonly record struct BoardSignature(
    RouterState State, TransitionReason Reason, int Generation, int InterfaceIndex,
    IpAddress Primary4, IpAddress Primary6, IpAddress Active4, IpAddress Active6, byte Priority4, byte Priority6,
    TimeSpan Interval4, TimeSpan Interval6, bool Leaving, byte Priority, FlapRecord Flaps, TimeRecord Times);
