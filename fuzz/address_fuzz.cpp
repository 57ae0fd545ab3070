// Addresses from any text: what is read and printed reads back as the same value.
#include <cstdlib>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text = vethwork::as_text({data, size});
    if (auto const prefix = vethwork::IpPrefix::parse(text))
        if (vethwork::IpPrefix::parse(prefix->to_string()) != prefix) std::abort();
    if (auto const address = vethwork::IpAddress::parse(text))
        if (vethwork::IpAddress::parse(address->to_string()) != address) std::abort();
    if (auto const link = vethwork::LinkAddress::parse(text))
        if (vethwork::LinkAddress::parse(link->to_string()) != link) std::abort();
    return 0;
}
