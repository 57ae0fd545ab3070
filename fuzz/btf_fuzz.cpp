// Type information of a kernel: any bytes, and types that lead anywhere.
#include <vethwork/observe/btf.hpp>
#include <vethwork/observe/drops.hpp>

using namespace vethwork::observe;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const btf = Btf::parse(std::string(reinterpret_cast<char const*>(data), size));
    if (!btf) return 0;
    (void)read_drop_facts(*btf).ok();
    for (BtfType type = 0; type <= btf->size() && type < 64; ++type) {
        (void)btf->member(type, "x");
        (void)btf->pointee(type);
        (void)btf->enum_values(type);
        (void)btf->parameters(type);
    }
    return 0;
}
