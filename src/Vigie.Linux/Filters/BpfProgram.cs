using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Assembles a classic BPF socket filter: loads, comparisons, labels. It knows instructions, not protocols. The kernel
/// runs the result on every packet that would reach a socket; what it returns is how many bytes the socket may see.
/// </summary>
internal sealed unsafe class BpfProgram
{
    /// <summary>The kernel refuses longer programs (BPF_MAXINSNS).</summary>
    internal const int MaxInstructions = 4096;

    // Magic offsets: relative to the network header; what the kernel knows about the packet besides its bytes.
    internal const uint NetworkHeader = unchecked((uint)-0x100000);
    internal const uint PacketType = unchecked((uint)(-0x1000 + 4));
    internal const uint InterfaceIndex = unchecked((uint)(-0x1000 + 8));

    internal const uint WholePacket = 0xFFFF_FFFF;
    internal const uint NoPacket = 0;

    private const int KeysPerLeaf = 4;

    private const ushort LoadWordAbsolute = 0x20;
    private const ushort LoadHalfAbsolute = 0x28;
    private const ushort LoadByteAbsolute = 0x30;
    private const ushort LoadIPv4HeaderLengthToX = 0xB1;
    private const ushort CopyXToA = 0x87;
    private const ushort AddConstant = 0x04;
    private const ushort JumpAlways = 0x05;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort ReturnConstant = 0x06;
    private const ushort ReturnA = 0x16;

    private readonly List<BpfInstruction> _instructions = [];
    private readonly List<int> _labels = [];
    private readonly List<(int Instruction, int Label)> _jumps = [];

    internal int Length => _instructions.Count;

    internal bool Fits => Length <= MaxInstructions;

    internal int NewLabel()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    internal void Mark(int label) => _labels[label] = _instructions.Count;

    internal void LoadWord(uint offset) => Emit(LoadWordAbsolute, offset);

    internal void LoadHalf(uint offset) => Emit(LoadHalfAbsolute, offset);

    internal void LoadByte(uint offset) => Emit(LoadByteAbsolute, offset);

    internal void Return(uint length) => Emit(ReturnConstant, length);

    /// <summary>Returns the length of the IPv4 header at the given offset, plus some bytes.</summary>
    internal void ReturnIPv4HeaderAnd(uint offset, uint bytes)
    {
        Emit(LoadIPv4HeaderLengthToX, offset);
        Emit(CopyXToA, 0);
        Emit(AddConstant, bytes);
        Emit(ReturnA, 0);
    }

    /// <summary>Goes to the label when the loaded value equals the constant, else on.</summary>
    internal void IfEqual(uint value, int label) => Branch(JumpIfEqual, value, label, whenTrue: true);

    /// <summary>Goes to the label when the loaded value differs from the constant, else on.</summary>
    internal void IfNotEqual(uint value, int label) => Branch(JumpIfEqual, value, label, whenTrue: false);

    internal void GoTo(int label)
    {
        _jumps.Add((_instructions.Count, label));
        Emit(JumpAlways, 0);
    }

    /// <summary>
    /// Goes to one label when the loaded value is among the keys (sorted, distinct), else to the other; the time is
    /// logarithmic, the length about three instructions per key.
    /// </summary>
    internal void Select(ReadOnlySpan<uint> keys, int found, int otherwise)
    {
        if (keys.Length <= KeysPerLeaf)
        {
            foreach (var key in keys)
                IfEqual(key, found);
            GoTo(otherwise);
            return;
        }

        var middle = keys.Length / 2;
        var upper = NewLabel();
        Branch(JumpIfAtLeast, keys[middle], upper, whenTrue: true);
        Select(keys[..middle], found, otherwise);
        Mark(upper);
        Select(keys[middle..], found, otherwise);
    }

    /// <summary>
    /// Puts the filter on a socket, replacing the one before in one step, and returns an errno. Packets already queued
    /// stay. ENOMEM: longer than net.core.optmem_max allows.
    /// </summary>
    internal int Attach(FileDescriptor socket)
    {
        var instructions = CollectionsMarshal.AsSpan(Assemble());
        fixed (BpfInstruction* pointer = instructions)
        {
            var program = new BpfProgramHeader { Length = checked((ushort)instructions.Length), Instructions = pointer };
            return SocketOptions.TrySet(socket, SocketConstants.LevelSocket, SocketConstants.AttachFilter, in program);
        }
    }

    // The targets of conditional jumps are 8 bits wide, so every branch is a conditional skip over an unconditional
    // jump, whose target has 32 bits.
    private void Branch(ushort code, uint value, int label, bool whenTrue)
    {
        Emit(code, value, whenTrue ? (byte)0 : (byte)1, whenTrue ? (byte)1 : (byte)0);
        GoTo(label);
    }

    private void Emit(ushort code, uint operand, byte jumpTrue = 0, byte jumpFalse = 0) =>
        _instructions.Add(new BpfInstruction { Code = code, Operand = operand, JumpTrue = jumpTrue, JumpFalse = jumpFalse });

    private List<BpfInstruction> Assemble()
    {
        foreach (var (instruction, label) in _jumps)
        {
            var distance = _labels[label] - instruction - 1;
            if (_labels[label] < 0 || distance < 0)
                throw new InvalidOperationException("a filter jumps forward to a label that was marked");
            _instructions[instruction] = _instructions[instruction] with { Operand = (uint)distance };
        }

        return _instructions;
    }
}
