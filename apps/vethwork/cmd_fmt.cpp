// vethwork fmt and vethwork pin: what they change in a topology file is its text.
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>

#include <vethwork/topology/build.hpp>
#include <vethwork/topology/pin.hpp>
#include <vethwork/topology/yaml_format.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

/// In one step: whoever reads it has the old file or the new one.
Result<> replace_file(std::string const& given, std::string_view text) {
    std::error_code code;
    auto const path = std::filesystem::canonical(given, code).string();
    struct stat facts;
    if (code || ::stat(path.c_str(), &facts) != 0) return system_error("replace \"" + given + "\"");
    auto const fresh = path + ".new";
    TRY(write_file(fresh, text));
    if (::chmod(fresh.c_str(), facts.st_mode & 07777) != 0 || std::rename(fresh.c_str(), path.c_str()) != 0)
        return system_error("replace \"" + path + "\"");
    return {};
}

enum class FormatMode { write, print, check };

int format(std::string const& path, FormatMode mode) {
    auto const text = read_file(path);
    if (!text) return (void)complain("fmt", text.error()), status::not_found;
    topology::Sources sources;
    auto const file = sources.add(std::filesystem::path(path).filename(), *text);
    topology::Complaints complaints(sources);
    auto const formatted = topology::normal_form(sources, file, complaints);
    for (auto const& complaint : complaints.take()) fmt::print(stderr, "{}", complaint.to_text());
    if (!formatted) return status::usage;
    if (mode == FormatMode::print) return fmt::print("{}", *formatted), status::ok;
    if (*formatted == *text) return status::ok;
    fmt::print(mode == FormatMode::check ? stdout : stderr, "{}\n", path);
    if (mode == FormatMode::check) return status::negative;
    auto const written = replace_file(path, *formatted);
    return written ? status::ok : complain_of_lab("fmt", written.error());
}

/// Whether both would be the same network, but for the link-layer addresses that one has more.
bool same_network(topology::Lab const& before, topology::Lab const& after) {
    auto old = topology::wanted_state(before), fresh = topology::wanted_state(after);
    if (old.namespaces.size() != fresh.namespaces.size()) return false;
    for (std::size_t i = 0; i < old.namespaces.size(); ++i) {
        auto &left = old.namespaces[i].links, &right = fresh.namespaces[i].links;
        for (std::size_t j = 0; j < std::min(left.size(), right.size()); ++j)
            if (!left[j].address) right[j].address.reset();
    }
    return old.namespaces == fresh.namespaces;
}

}  // namespace

int run_fmt(Invocation const& invocation) {
    OptionSet app("Brings topology files into their normal form; comments stay. Names those that it changes.",
                  "vethwork fmt");
    std::vector<std::string> files;
    bool check = false, print = false;
    app.add_option("FILES", files, "topology files").required();
    app.add_flag("--check", check, "change nothing; exit with 1 where there is something to change");
    app.add_flag("--print", print, "print the normal form instead");
    if (auto const ended = parse_words(app, invocation, "fmt")) return *ended;
    auto const mode = check ? FormatMode::check : print ? FormatMode::print : FormatMode::write;
    int worst = status::ok;
    for (auto const& file : files) worst = std::max(worst, format(file, mode));
    return worst;
}

int run_pin(Invocation const& invocation) {
    OptionSet app(
        "Writes what was chosen automatically into a topology file: names of interfaces and addresses, so "
        "that they stay when the lab grows. Patterns become the links that they mean.",
        "vethwork pin");
    LabOptions options;
    bool mac = false, print = false;
    bind_lab_options(app, options);
    bind_file(app, options);
    app.add_flag("--mac", mac, "link-layer addresses too");
    app.add_flag("--print", print, "print the file instead of changing it");
    if (auto const ended = parse_words(app, invocation, "pin")) return *ended;
    auto const path = find_file(options, "pin");
    if (auto const* const ended = std::get_if<int>(&path)) return *ended;
    auto const loaded_or = load_file(std::get<std::string>(path), options, "pin");
    if (auto const* const ended = std::get_if<int>(&loaded_or)) return *ended;
    auto const& loaded = std::get<LoadedLab>(loaded_or);
    auto const pinned =
        topology::pin(loaded.lab, mac ? topology::PinAddresses::ip_and_mac : topology::PinAddresses::ip_only);
    auto const again = load_text(loaded.path, pinned.text, options, "pin");
    if (!std::holds_alternative<LoadedLab>(again) ||
        !same_network(loaded.lab, std::get<LoadedLab>(again).lab))
        return complain_of_lab("pin",
                               malformed_error("write into \"" + loaded.path +
                                               "\": the lab would not be the same; nothing was changed"));
    for (auto const& place : pinned.left)
        fmt::print(stderr, "{}: cannot be written out here, and stays automatic\n",
                   loaded.lab.sources.locate(place));
    if (print) return fmt::print("{}", pinned.text), status::ok;
    if (pinned.ends > 0)
        if (auto const written = replace_file(loaded.path, pinned.text); !written)
            return complain_of_lab("pin", written.error());
    if (!options.quiet) fmt::print(stderr, "{}: {} ends are written out.\n", loaded.lab.name, pinned.ends);
    return status::ok;
}

}  // namespace vethwork::app
