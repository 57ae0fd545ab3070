#include <vethwork/plan/kind_options.hpp>

#include <vethwork/topology/ethernet_protocol.hpp>

namespace vethwork::plan {

Result<IpAddress> read_host(std::string const& word, std::optional<Family> family) {
    if (is_any_word(word)) return IpAddress::any(family.value_or(Family::ipv4));
    return read_address(word, family);
}

std::optional<std::uint16_t> read_ethernet_protocol(std::string_view word) {
    auto const same = [word](topology::EthernetProtocol const& one) {
        return std::ranges::equal(one.word, word, [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
        });
    };
    auto const* const found = std::ranges::find_if(topology::ethernet_protocols, same);
    if (found != topology::ethernet_protocols.end()) return found->number;
    return parse_number<std::uint16_t>(word);
}

}  // namespace vethwork::plan
