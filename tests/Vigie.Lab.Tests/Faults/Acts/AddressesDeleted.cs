namespace Vigie.Lab.Tests.Faults.Acts;

/// <summary>Both addresses, by hand, as a network manager that does not know them would.</summary>
internal sealed class AddressesDeleted(FaultDrill drill) : FaultAct(drill)
{
    public override void Strike()
    {
        foreach (var address in Drill.Scene.Setup.Addresses)
            Drill.Scene.Alpha.DeleteAddress(address);
        FaultDrill.WaitFor("alpha to hold its VIPs again", () => Drill.Scene.Vips.All(Drill.Scene.Alpha.Holds));
        Drill.Hear(3);
    }
}
