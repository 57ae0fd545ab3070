// What libnftables says, made of any text: every trouble that is read of it has a message, and a stretch of a
// line or no place at all.
#include <cstdlib>

#include <vethwork/base/bytes.hpp>
#include <vethwork/netlink/nft_trouble.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    for (auto const& one : vethwork::netlink::read_nft_troubles(vethwork::as_text({data, size}), "f"))
        if (one.width == 0 || (one.line != 0 && one.column == 0)) std::abort();
    return 0;
}
