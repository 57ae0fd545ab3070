// Capture files of any bytes: read to their end or to a complaint. What was read is written and read back the
// same.
#include <algorithm>
#include <cstdlib>

#include <vethwork/observe/pcap_file.hpp>
#include <vethwork/report/pcap_writer.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

using namespace vethwork;

Result<observe::CaptureFile> open_bytes(Bytes bytes) {
    return observe::CaptureFile::open(
        [bytes, at = std::size_t{0}](std::span<std::uint8_t> to) mutable -> Result<std::size_t> {
            std::size_t const size = std::min(to.size(), bytes.size() - at);
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, to.begin());
            at += size;
            return size;
        });
}

void check_round_trip(observe::Frame const& frame) {
    using report::PcapFormat;
    report::PcapInterface const interface { .name = "veth0", .link = frame.link };
    std::vector<std::uint8_t> file = report::pcap_header(PcapFormat::pcapng, interface);
    for (auto const& part :
         {report::pcapng_interface(interface), report::pcap_record(PcapFormat::pcapng, frame)})
        file.insert(file.end(), part.begin(), part.end());
    auto reader = open_bytes(file);
    if (!reader) std::abort();
    auto const again = reader->next();
    if (!again || !*again) std::abort();
    if ((*again)->bytes != frame.bytes || (*again)->time != frame.time) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto file = open_bytes({data, size});
    if (!file) {
        if (file.error().describe().find("offset") == std::string::npos) std::abort();
        return 0;
    }
    for (;;) {
        auto const frame = file->next();
        if (!frame || !*frame) return 0;
        check_round_trip(**frame);
    }
}
