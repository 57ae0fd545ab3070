// Capture files as bytes: pcap (pcap-savefile(5)) and pcapng (draft-ietf-opsawg-pcapng).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <vethwork/observe/packet.hpp>

namespace vethwork::report {

enum class PcapFormat {
    pcap,    ///< microseconds, as every reader knows them
    pcapng,  ///< nanoseconds and the name of the device
};

/// The device that a capture was made on.
struct PcapInterface {
    std::string name;
    observe::LinkType link = observe::LinkType::ethernet;
    std::uint32_t snapshot_length = 262144;
};

/// What a file begins with. pcap says there what its only interface is; pcapng says it in pcapng_interface().
[[nodiscard]] std::vector<std::uint8_t> pcap_header(PcapFormat format, PcapInterface const& interface);
/// A block that describes an interface; the first one in a file has the number 0.
[[nodiscard]] std::vector<std::uint8_t> pcapng_interface(PcapInterface const& interface);
/// One packet. `interface` is the number of its interface in a pcapng file; pcap has no place for it.
[[nodiscard]] std::vector<std::uint8_t> pcap_record(PcapFormat format, observe::Frame const& frame,
                                                    std::uint32_t interface = 0);

}  // namespace vethwork::report
