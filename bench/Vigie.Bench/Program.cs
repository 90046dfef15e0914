using Vigie.Bench;
using Vigie.Bench.Codecs;
using Vigie.Bench.Failover;
using Vigie.Bench.Scale;

// ./bench.sh runs this: one benchmark per verb, each side by side with a peer in one run where there is a peer.
return args switch
{
    ["failover", .. var rest] => FailoverBenchmark.Run(BenchmarkOptions.Parse(rest)),
    ["scale", .. var rest] => ScaleBenchmark.Run(BenchmarkOptions.Parse(rest)),
    ["lateness", .. var rest] => LatenessBenchmark.Run(BenchmarkOptions.Parse(rest)),
    ["start", .. var rest] => StartBenchmark.Run(BenchmarkOptions.Parse(rest)),
    ["codecs"] => CodecBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: ./bench.sh failover|scale|lateness|start|codecs [--quick] [--output FILE.md]
          failover  what a client loses when the owner stops, dies or is cut off: Vigie and keepalived, 1 s, 100 ms, 10 ms
          scale     processor time, memory and time to Active for 1, 50, 200 and 1,000 virtual routers: Vigie and keepalived
          lateness  how late advertisements leave while the control process is kept busy
          start     from the command to the first multicast membership and to an answer on the socket
          codecs    nanoseconds and bytes allocated per message
        """);
    return 2;
}
