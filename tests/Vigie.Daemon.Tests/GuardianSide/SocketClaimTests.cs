using System.Net.Sockets;
using Vigie.Daemon.GuardianSide;
using Xunit;

namespace Vigie.Daemon.Tests.GuardianSide;

/// <summary>One daemon per socket path: claimed, refused, cleared after a crash.</summary>
public sealed class SocketClaimTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vigie-claim-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "deeper", "vigie.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_claim_makes_the_directory_of_the_socket()
    {
        using var claim = SocketClaim.Take(Path, out _);

        Assert.NotNull(claim);
        Assert.True(Directory.Exists(System.IO.Path.GetDirectoryName(Path)));
    }

    [Fact]
    public void A_second_claim_on_the_same_path_is_refused_with_a_remedy()
    {
        using var first = SocketClaim.Take(Path, out _);
        File.WriteAllText(Path, "");

        var second = SocketClaim.Take(Path, out var refusal);

        Assert.Null(second);
        Assert.Equal($"another vigie runs with the socket {Path}; stop it, or choose another path with --socket", refusal);
    }

    [Fact]
    public void A_path_that_is_held_cannot_be_claimed_and_a_claimed_one_cannot_be_held()
    {
        Assert.Null(SocketClaim.Hold(Path, out var never));
        Assert.Equal("", never);
        Assert.False(File.Exists(Path + ".lock"));
        var claim = SocketClaim.Take(Path, out _)!;

        Assert.Null(SocketClaim.Hold(Path, out var refusal));
        Assert.Equal($"a vigie runs with the socket {Path}", refusal);

        claim.Dispose();
        using var held = SocketClaim.Hold(Path, out _);
        Assert.NotNull(held);
        Assert.Null(SocketClaim.Take(Path, out _));
    }

    [Fact]
    public void A_path_is_free_again_when_its_claim_is_given_up()
    {
        SocketClaim.Take(Path, out _)!.Dispose();

        using var second = SocketClaim.Take(Path, out _);

        Assert.NotNull(second);
    }

    [Fact]
    public void A_socket_that_a_dead_daemon_left_is_cleared()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using (var dead = Bind())
            Assert.True(File.Exists(Path));
        File.WriteAllText(Path, ""); // .NET removes the path with the socket; a killed process would not

        using var claim = SocketClaim.Take(Path, out _);

        Assert.NotNull(claim);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void A_socket_on_which_another_program_listens_is_respected()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var living = Bind();

        var claim = SocketClaim.Take(Path, out var refusal);

        Assert.Null(claim);
        Assert.Equal($"another program listens on {Path}; stop it, or choose another path with --socket", refusal);
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public void A_path_longer_than_the_kernel_allows_is_refused_before_anything_is_started()
    {
        var path = "/tmp/" + new string('x', 120);

        Assert.Null(SocketClaim.Take(path, out var refusal));

        Assert.Equal($"the socket path {path} is longer than the 107 bytes that the kernel allows; choose a shorter one with --socket", refusal);
    }

    private Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        socket.Listen();
        return socket;
    }
}
