#include <vethwork/observe/names.hpp>

#include <dirent.h>

#include <array>
#include <memory>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::observe {

namespace {

struct Place {
    char const* file;    ///< nullptr where there is only a folder
    char const* folder;  ///< nullptr where there is only a file
};

/// In the order of NameKind.
constexpr std::array<Place, topology::name_kinds> places{{
    {"rt_tables", "rt_tables.d"},
    {"rt_protos", "rt_protos.d"},
    {"rt_scopes", nullptr},
    {"rt_realms", nullptr},
    {"rt_dsfield", nullptr},
    {"group", nullptr},
    {nullptr, "protodown_reasons.d"},
}};

void load_file(std::string const& path, LoadedNames& into) {
    if (auto const text = read_file(path)) parse_names(*text, path, into);
}

void load_folder(std::string const& path, LoadedNames& into) {
    std::unique_ptr<DIR, int (*)(DIR*)> const folder(::opendir(path.c_str()), ::closedir);
    if (!folder) return;
    while (auto const* const entry = ::readdir(folder.get())) {
        std::string_view const name = entry->d_name;
        if (name.starts_with('.') || name.size() <= 5 || !name.ends_with(".conf")) continue;
        load_file(fmt::format("{}/{}", path, name), into);
    }
}

/// Decimal, or hexadecimal behind 0x.
std::optional<std::int64_t> read_number(std::string_view word) {
    return parse_number<std::int64_t>(word, word.starts_with("0x") ? 0 : 10);
}

}  // namespace

void parse_names(std::string_view text, std::string const& file, LoadedNames& into) {
    for (auto const line : split(text, '\n')) {
        auto const words = split_words(line);
        if (words.empty() || words[0].starts_with('#')) continue;
        auto const number = read_number(words[0]);
        if (!number || words.size() < 2) {
            into.complaints.push_back(fmt::format("Database {} is corrupted at {}\n", file, trim(line)));
            return;
        }
        if (*number >= 0 && *number <= 0xffffffff)
            into.names.add(static_cast<std::uint32_t>(*number), std::string(words[1]));
    }
}

LoadedNames load_names(topology::NameKind kind, std::string const& directory) {
    LoadedNames loaded;
    auto const& place = places[static_cast<std::size_t>(kind)];
    if (place.file) load_file(fmt::format("{}/{}", directory, place.file), loaded);
    if (place.folder) load_folder(fmt::format("{}/{}", directory, place.folder), loaded);
    return loaded;
}

}  // namespace vethwork::observe
