using System.Text.Json.Serialization;
using Vigie.Daemon.ControlSide;

namespace Vigie.Daemon.NotifySide;

/// <summary>The JSON that goes between control, the runner of a script and the state directory; nobody else reads it.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(NotifyJob))]
[JsonSerializable(typeof(NotifyOutcome))]
[JsonSerializable(typeof(NotifyMemory))]
internal sealed partial class NotifyJson : JsonSerializerContext;
