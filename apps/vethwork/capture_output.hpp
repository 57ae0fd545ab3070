// Where the packets of a capture go: lines of text, lines of JSON, or a capture file.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <vethwork/base/result.hpp>
#include <vethwork/observe/packet.hpp>
#include <vethwork/report/packet_text.hpp>
#include <vethwork/report/pcap_writer.hpp>

namespace vethwork::app {

class CaptureOutput {
public:
    virtual ~CaptureOutput() = default;
    /// A packet seen on `interface`.
    [[nodiscard]] virtual Result<> add(observe::Frame const& frame,
                                       report::PcapInterface const& interface) = 0;
    /// Lets readers see what was added.
    [[nodiscard]] virtual Result<> flush() = 0;
};

[[nodiscard]] std::unique_ptr<CaptureOutput> text_output(report::PacketTextOptions options);
[[nodiscard]] std::unique_ptr<CaptureOutput> json_output();
/// A capture file at `path`; "-" is standard output. The header is written at once.
[[nodiscard]] Result<std::unique_ptr<CaptureOutput>> file_output(std::string const& path,
                                                                 report::PcapFormat format,
                                                                 report::PcapInterface const& first);

/// The name of a device of this network namespace by its index, or "?".
[[nodiscard]] std::string device_name(std::uint32_t index);

}  // namespace vethwork::app
