#include <vethwork/observe/filter.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <type_traits>

#include <fmt/format.h>

namespace vethwork::observe {

namespace {

/// struct bpf_program of pcap/bpf.h; its instructions are laid out as the kernel's sock_filter.
struct BpfProgram {
    unsigned length = 0;
    sock_filter* instructions = nullptr;
};

/// The few functions of libpcap that are used (pcap(3PCAP)).
struct Libpcap {
    void* (*open_dead)(int link_type, int snapshot_length);
    int (*compile)(void* handle, BpfProgram* program, char const* expression, int optimize,
                   std::uint32_t netmask);
    char* (*error_text)(void* handle);
    void (*free_code)(BpfProgram* program);
    void (*close)(void* handle);
    unsigned (*run)(sock_filter const* program, std::uint8_t const* packet, unsigned length,
                    unsigned captured);
};

template <class Function>
bool load(void* library, char const* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

Result<Libpcap> load_libpcap() {
    constexpr char const* hint =
        "install it with `apt-get install libpcap0.8`, or capture without an expression";
    void* library = nullptr;
    for (char const* name : {"libpcap.so.0.8", "libpcap.so.1", "libpcap.so"})
        if (library == nullptr) library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        return lookup_error("filter expressions need libpcap, which is not installed", hint);
    Libpcap pcap{};
    bool const complete =
        load(library, "pcap_open_dead", pcap.open_dead) && load(library, "pcap_compile", pcap.compile) &&
        load(library, "pcap_geterr", pcap.error_text) && load(library, "pcap_freecode", pcap.free_code) &&
        load(library, "pcap_close", pcap.close) && load(library, "bpf_filter", pcap.run);
    if (!complete) return lookup_error("the libpcap installed here lacks a function", hint);
    return pcap;
}

/// Loaded once, never unloaded.
Result<Libpcap> const& libpcap() {
    static Result<Libpcap> const loaded = load_libpcap();
    return loaded;
}

}  // namespace

Result<Filter> Filter::compile(std::string const& expression, LinkType link, std::uint32_t snapshot_length) {
    constexpr std::uint32_t unknown_netmask = 0xffffffff;
    constexpr int link_type_raw = 12;  // DLT_RAW of Linux, where files say 101
    Libpcap const pcap = TRY(libpcap());
    int const type = link == LinkType::raw ? link_type_raw : static_cast<int>(link);
    void* const handle = pcap.open_dead(type, static_cast<int>(snapshot_length));
    if (handle == nullptr) return system_error(ENOMEM, "compile a filter expression");
    BpfProgram compiled;
    Filter filter;
    std::string complaint;
    if (pcap.compile(handle, &compiled, expression.c_str(), 1, unknown_netmask) != 0) {
        complaint = pcap.error_text(handle);
    } else {
        filter.program_.assign(compiled.instructions, compiled.instructions + compiled.length);
        pcap.free_code(&compiled);
    }
    pcap.close(handle);
    if (!complaint.empty())
        return usage_error(fmt::format("filter expression \"{}\": {}", expression, complaint),
                           "pcap-filter(7) explains them");
    return filter;
}

bool Filter::matches(Frame const& frame) const {
    if (program_.empty()) return true;
    auto const size = static_cast<unsigned>(frame.bytes.size());
    return libpcap().value().run(program_.data(), frame.bytes.data(), std::max(size, frame.length), size) !=
           0;
}

}  // namespace vethwork::observe
