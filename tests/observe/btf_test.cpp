#include <vethwork/observe/btf.hpp>

#include <linux/btf.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/observe/bpf_program.hpp>
#include <vethwork/observe/drops.hpp>
#include <vethwork/observe/kernel_symbols.hpp>

namespace vethwork::observe {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

/// Builds a file of types, one call a type; numbers begin with 1.
class Builder {
public:
    std::uint32_t name(std::string_view text) {
        if (text.empty()) return 0;
        auto const at = static_cast<std::uint32_t>(strings_.size());
        strings_ += text;
        strings_ += '\0';
        return at;
    }
    BtfType add(std::string_view called, std::uint32_t kind, std::uint32_t members,
                std::uint32_t type_or_size, std::vector<std::uint32_t> const& tail = {}, bool flag = false) {
        types_.native(btf_type{name(called), (flag ? 1u << 31 : 0u) | kind << 24 | members, {type_or_size}});
        for (auto const word : tail) types_.native(word);
        return ++count_;
    }
    [[nodiscard]] std::string file() const {
        auto const& types = types_.bytes();
        ByteWriter out;
        out.native(btf_header{
            BTF_MAGIC, 1, 0, sizeof(btf_header), 0, static_cast<std::uint32_t>(types.size()),
            static_cast<std::uint32_t>(types.size()), static_cast<std::uint32_t>(strings_.size())});
        out.raw(types);
        out.raw(strings_);
        return std::string(as_text(out.bytes()));
    }

private:
    ByteWriter types_;
    std::string strings_ = std::string(1, '\0');
    BtfType count_ = 0;
};

/// struct outer { const struct inner *p; union { int a; struct { int b; int c; }; }; unsigned bits : 3; };
struct Sample {
    Builder builder;
    BtfType number = builder.add("int", BTF_KIND_INT, 0, 4, {32});
    BtfType nameless =
        builder.add("", BTF_KIND_STRUCT, 2, 8, {builder.name("b"), number, 0, builder.name("c"), number, 32});
    BtfType either = builder.add("", BTF_KIND_UNION, 2, 8, {builder.name("a"), number, 0, 0, nameless, 0});
    BtfType inner = builder.add("inner", BTF_KIND_STRUCT, 1, 4, {builder.name("x"), number, 0});
    BtfType constant = builder.add("", BTF_KIND_CONST, 0, inner);
    BtfType pointer = builder.add("", BTF_KIND_PTR, 0, constant);
    BtfType outer = builder.add(
        "outer", BTF_KIND_STRUCT, 3, 24,
        {builder.name("p"), pointer, 0, 0, either, 64, builder.name("bits"), number, 3u << 24 | 128}, true);
    BtfType reasons = builder.add("why", BTF_KIND_ENUM, 2, 4, {builder.name("A"), 0, builder.name("B"), 7});
    BtfType prototype = builder.add("", BTF_KIND_FUNC_PROTO, 2, 0, {0, pointer, 0, reasons});
    BtfType to_prototype = builder.add("", BTF_KIND_PTR, 0, prototype);
    BtfType trace = builder.add("trace", BTF_KIND_TYPEDEF, 0, to_prototype);
    Btf btf = Btf::parse(builder.file()).value();
};

TEST(Btf, FindsMembersAlsoInNamelessOnes) {
    Sample const sample;
    auto const& btf = sample.btf;
    auto const outer = btf.find(BtfKind::structure, "outer");
    ASSERT_EQ(outer, sample.outer);
    EXPECT_EQ(btf.member(*outer, "p"), (BtfMember{0, sample.pointer}));
    EXPECT_EQ(btf.member(*outer, "a"), (BtfMember{8, sample.number}));
    EXPECT_EQ(btf.member(*outer, "c"), (BtfMember{12, sample.number}));
    EXPECT_EQ(btf.member(*outer, "x"), std::nullopt);
    EXPECT_EQ(btf.member(*outer, "bits"), std::nullopt);
    auto const pointee = btf.pointee(sample.pointer);
    ASSERT_TRUE(pointee);
    EXPECT_EQ(btf.member(*pointee, "x"), (BtfMember{0, sample.number}));
    EXPECT_EQ(btf.pointee(sample.number), std::nullopt);
}

TEST(Btf, FindsByKindAndWholeName) {
    Sample const sample;
    EXPECT_EQ(sample.btf.find(BtfKind::enumeration, "outer"), std::nullopt);
    EXPECT_EQ(sample.btf.find(BtfKind::structure, "oute"), std::nullopt);
    EXPECT_EQ(sample.btf.find(BtfKind::structure, "uter"), std::nullopt);
    EXPECT_EQ(sample.btf.find(BtfKind::type_name, "trace"), sample.trace);
}

TEST(Btf, TellsValuesOfEnumsAndParameters) {
    Sample const sample;
    EXPECT_THAT(sample.btf.enum_values(sample.reasons),
                ElementsAre(BtfEnumValue{"A", 0}, BtfEnumValue{"B", 7}));
    EXPECT_THAT(sample.btf.enum_values(sample.number), testing::IsEmpty());
    EXPECT_EQ(sample.btf.parameters(sample.trace), (std::vector<BtfType>{sample.pointer, sample.reasons}));
    EXPECT_EQ(sample.btf.parameters(sample.outer), std::nullopt);
}

TEST(Btf, SaysWhatIsBroken) {
    auto const file = Sample().builder.file();
    EXPECT_EQ(Btf::parse("").error().describe(), "read type information (BTF): the header is cut short");
    auto marked = file;
    marked[0] = 'x';
    EXPECT_FALSE(Btf::parse(marked).ok());
    EXPECT_EQ(Btf::parse(file.substr(0, file.size() - 1)).error().describe(),
              "read type information (BTF): a section reaches past the end");
    Builder odd;
    odd.add("odd", 31, 0, 0);
    EXPECT_EQ(Btf::parse(odd.file()).error().describe(),
              "read type information (BTF): a type is of kind 31, which this program does not know");
    Builder cut;
    cut.add("cut", BTF_KIND_STRUCT, 9, 0);
    EXPECT_EQ(Btf::parse(cut.file()).error().describe(), "read type information (BTF): a type is cut short");
}

TEST(Btf, EndsOnTypesThatLeadToThemselves) {
    Builder builder;
    auto const loop = builder.add("loop", BTF_KIND_TYPEDEF, 0, 1);
    auto const own = builder.add("own", BTF_KIND_STRUCT, 2, 0, {0, 2, 0, 0, 2, 0});
    auto const btf = Btf::parse(builder.file()).value();
    EXPECT_EQ(btf.member(loop, "x"), std::nullopt);
    EXPECT_EQ(btf.member(own, "x"), std::nullopt);
}

TEST(Btf, DropFactsNameWhatIsMissing) {
    auto const facts = read_drop_facts(Sample().btf);
    ASSERT_FALSE(facts.ok());
    EXPECT_THAT(facts.error().describe(), testing::HasSubstr("has no \"sk_buff\""));
}

TEST(Btf, OfThisKernelTellsOfPackets) {
    auto const btf = Btf::of_kernel();
    if (!btf) GTEST_SKIP() << btf.error().describe();
    auto const skb = btf->find(BtfKind::structure, "sk_buff");
    ASSERT_TRUE(skb);
    EXPECT_EQ(btf->member(*skb, "next"), (BtfMember{0, btf->member(*skb, "next")->type}));
    auto const facts = read_drop_facts(*btf);
    ASSERT_TRUE(facts.ok()) << facts.error().describe();
    EXPECT_EQ(facts->offsets.skb_dev, 16u);
    if (facts->has_reason) {
        EXPECT_THAT(facts->reasons, testing::Contains("NETFILTER_DROP"));
    }
}

TEST(BpfProgram, LaysInstructionsOutAsTheKernelReadsThem) {
    using enum BpfRegister;
    BpfProgram program;
    auto const end = program.label();
    program.move(r6, r1);
    program.load(BpfSize::word, r2, r6, 8);
    program.jump_if(r2, BpfCondition::equal, 5, end);
    program.load_map(r1, 3);
    program.call(BPF_FUNC_ktime_get_ns);
    program.place(end);
    program.exit();
    std::vector<std::uint64_t> words;
    for (auto const& one : program.finish()) words.push_back(std::bit_cast<std::uint64_t>(one));
    if (std::endian::native != std::endian::little) GTEST_SKIP() << "the words are of little-endian machines";
    EXPECT_THAT(words, ElementsAre(0x16bfull, 0x00086261ull, 0x0000000500030215ull, 0x0000000300001118ull,
                                   0ull, 0x0000000500000085ull, 0x95ull));
}

TEST(KernelSymbols, NameTheFunctionThatHoldsAnAddress) {
    constexpr std::string_view list =
        "ffffffff81000000 T _text\nffffffff81000100 t first.isra.0\nffffffff81000180 d data\n"
        "ffffffff81000200 T second\nffffffffc0000000 t in_module\t[vxlan]\n";
    std::vector<std::uint64_t> const asked{0xffffffff81000190, 0xffffffff81000200, 0xffffffffc0000010, 5};
    EXPECT_THAT(
        functions_in(list, asked),
        UnorderedElementsAre(Pair(asked[0], "first"), Pair(asked[1], "second"), Pair(asked[2], "in_module")));
    EXPECT_THAT(functions_in("0000000000000000 T hidden\n", asked), testing::IsEmpty());
}

}  // namespace
}  // namespace vethwork::observe
