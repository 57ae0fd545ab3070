#include <vethwork/observe/kernel_symbols.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <vector>

#include <vethwork/base/fd.hpp>

namespace vethwork::observe {

namespace {

constexpr char const* list = "/proc/kallsyms";

struct Symbol {
    std::uint64_t address = 0;
    std::string_view name;
};

/// "ffffffff81000000 T _text\t[module]": only functions are of use.
bool read_symbol(std::string_view line, Symbol& symbol) {
    auto const [end, error] = std::from_chars(line.data(), line.data() + line.size(), symbol.address, 16);
    auto const digits = static_cast<std::size_t>(end - line.data());
    if (error != std::errc{} || line.size() < digits + 4) return false;
    char const type = line[digits + 1];
    if (type != 't' && type != 'T' && type != 'w' && type != 'W') return false;
    symbol.name = line.substr(digits + 3);
    symbol.name = symbol.name.substr(0, symbol.name.find_first_of("\t ."));
    return true;
}

/// The nearest symbol at or below an address, so far.
struct Sought {
    std::uint64_t address = 0;
    Symbol nearest;

    void consider(Symbol const& symbol) {
        if (symbol.address <= address && symbol.address >= nearest.address) nearest = symbol;
    }
};

}  // namespace

std::map<std::uint64_t, std::string> functions_in(std::string_view symbols,
                                                  std::span<std::uint64_t const> addresses) {
    std::vector<Sought> all;
    for (auto const address : addresses) all.push_back({address, {}});
    while (!symbols.empty()) {
        auto const line = symbols.substr(0, symbols.find('\n'));
        symbols.remove_prefix(std::min(symbols.size(), line.size() + 1));
        Symbol symbol;
        if (!read_symbol(line, symbol) || symbol.address == 0) continue;
        for (auto& sought : all) sought.consider(symbol);
    }
    std::map<std::uint64_t, std::string> names;
    for (auto const& sought : all)
        if (!sought.nearest.name.empty()) names.emplace(sought.address, sought.nearest.name);
    return names;
}

Result<std::map<std::uint64_t, std::string>> kernel_functions(std::span<std::uint64_t const> addresses) {
    auto const text = TRY(read_file(list));
    auto names = functions_in(text, addresses);
    if (names.empty() && !addresses.empty())
        return system_error(EPERM, std::string("read addresses of \"") + list + "\"",
                            "the kernel hides them: this needs root of the machine (CAP_SYSLOG)");
    return names;
}

}  // namespace vethwork::observe
