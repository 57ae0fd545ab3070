// The reader of echo packets: any bytes, either family and form. What it reads lies within the packet.
#include <cstdlib>

#include <vethwork/traffic/ping_packet.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace vethwork;
    if (size == 0) return 0;
    Family const family = (data[0] & 1) != 0 ? Family::ipv6 : Family::ipv4;
    PacketForm const form = (data[0] & 2) != 0 ? PacketForm::with_header : PacketForm::bare;
    Bytes const packet(data + 1, size - 1);
    (void)request_number(family, packet);
    auto const read = read_echo_packet(family, form, packet);
    if (auto const* const reply = std::get_if<EchoReply>(&read)) {
        bool const within = reply->data.data() >= packet.data() &&
                            reply->data.data() + reply->data.size() <= packet.data() + packet.size();
        if (!within || reply->size != reply->data.size() + 8) std::abort();
    }
    return 0;
}
