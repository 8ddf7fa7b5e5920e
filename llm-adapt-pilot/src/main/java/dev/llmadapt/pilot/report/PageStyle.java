package dev.llmadapt.pilot.report;

/** The style of a report's page: for a laptop, a phone, the dark, a keyboard and a printer. */
final class PageStyle {
    static final String CSS = """
            :root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1f;--soft:#5a5a66;--line:#d5d5de;--accent:#0b57d0;--card:#f4f5fa;--bar:#b9bcc9;--good:#146c2e;--bad:#b3261e;--c0:#0b57d0;--c1:#b3261e;--c2:#146c2e;--c3:#8f4a00;--c4:#7b1fa2;--c5:#006a6a}
            @media(prefers-color-scheme:dark){:root{--bg:#131316;--fg:#e6e6ea;--soft:#a9a9b5;--line:#3a3a44;--accent:#a8c7fa;--card:#1e1f26;--bar:#5b5e6b;--good:#6dd58c;--bad:#f2b8b5;--c0:#a8c7fa;--c1:#f2b8b5;--c2:#6dd58c;--c3:#ffb870;--c4:#d7b8ff;--c5:#6fd8d8}}
            *{box-sizing:border-box}html{scroll-padding-top:1rem}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
            main,header{max-width:78rem;margin:0 auto;padding:0 1rem}header{padding-top:1rem}main{padding-bottom:4rem}
            h1{font-size:1.4rem;margin:0}h2{margin:2.5rem 0 .3rem;font-size:1.2rem}h3{margin:1.2rem 0 .3rem;font-size:1rem}
            h1,h2,h3,p,li,summary,figcaption,dd,dt{overflow-wrap:anywhere}p{margin:.4rem 0}ul{margin:.4rem 0;padding-left:1.2rem}
            .about{color:var(--soft);max-width:52rem}header .about{margin-top:.1rem;max-width:none}
            nav{margin:.3rem 0 .8rem;font-size:.9rem}nav a{margin-right:.9rem;white-space:nowrap}a{color:var(--accent)}
            .first{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,31rem),1fr));align-items:start}
            .first>*{min-width:0}.first h2{margin-top:0}
            .verdict{background:var(--card);border-left:.4rem solid var(--accent);padding:1rem 1.2rem;border-radius:.4rem}
            .verdict .say{font-size:1.15rem;line-height:1.45;font-weight:600;margin:.2rem 0 .6rem}.verdict h3{margin-top:.8rem}
            .verdict dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:.3rem 0;font-size:.9rem}
            dt{color:var(--soft)}dd{margin:0}.verdict ul{font-size:.9rem}
            .bars{list-style:none;margin:.4rem 0;padding:0;font-size:.85rem;font-variant-numeric:tabular-nums}
            .bars li{display:grid;grid-template-columns:minmax(6rem,11.5rem) 1fr 3.4rem;gap:.6rem;align-items:center}
            .bars .name{overflow-wrap:anywhere;line-height:1.2;padding:.13rem 0;text-align:right}.bars .value{text-align:right}
            .bars .chosen .name,.bars .chosen .value{font-weight:700}
            .track{position:relative;align-self:stretch;min-height:1.45rem;background:linear-gradient(var(--line),var(--line)) left/1px 100% no-repeat}
            .track i{position:absolute;display:block}.fill{top:.3rem;bottom:.3rem;left:0;background:var(--bar);border-radius:0 .15rem .15rem 0}
            .chosen .fill{background:var(--accent)}.part .fill{opacity:.55}
            .track .range{top:50%;height:0;border-top:2px solid var(--fg)}.track .range:before,.track .range:after{content:"";position:absolute;top:-.3rem;height:.5rem;border-left:2px solid var(--fg)}
            .track .range:before{left:0}.track .range:after{right:0}
            .track .mark{top:0;bottom:0;width:0;border-left:2px dashed var(--c3)}.track .need{border-left:2px solid var(--c4)}
            .key{display:inline-block;vertical-align:middle;margin:0 .35rem 0 .9rem;width:0;height:1rem;border-left:2px dashed var(--c3)}.key.need{border-left:2px solid var(--c4)}
            .key.s{width:.9rem;height:.9rem;border:0;border-radius:.15rem}
            .stack i{top:.25rem;bottom:.25rem}.s0{background:var(--c0)}.s1{background:var(--c1)}.s2{background:var(--c2)}.s3{background:var(--c3)}.s4{background:var(--c4)}.s5{background:var(--c5)}
            .costs li{grid-template-columns:minmax(6rem,13rem) 1fr 6.5rem}
            .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}
            th,td{padding:.32rem .5rem;border-bottom:1px solid var(--line);text-align:right}thead th{vertical-align:bottom;color:var(--soft);font-weight:600;line-height:1.2}
            td{white-space:nowrap}th[scope=row]{text-align:left;font-weight:400;overflow-wrap:anywhere;min-width:6.5rem}th.words,td.words{text-align:left}td.words{white-space:normal}
            tr.chosen{background:var(--card)}tr.chosen th,tr.chosen td{font-weight:700}
            .matrix table{width:auto;font-size:.8rem}.matrix td{padding:.15rem .4rem;text-align:center}.matrix thead th{padding:.3rem .15rem;font-weight:400}.matrix thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:13rem;white-space:nowrap;display:inline-block}
            caption,.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.3rem}
            details{border:1px solid var(--line);border-radius:.3rem;margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}
            summary:focus-visible,a:focus-visible,input:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
            pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);padding:.6rem;border-radius:.3rem;font-size:.85rem;margin:.3rem 0}
            figure{margin:0;min-width:0}figcaption{font-weight:600}svg{display:block;width:100%;min-width:36rem;max-width:44rem;height:auto;font:12px system-ui,sans-serif}svg text{fill:var(--fg)}
            .plots{display:grid;gap:1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,34rem),1fr))}
            .grid{stroke:var(--line)}.soft{stroke:var(--soft);stroke-dasharray:2 4}svg text.tick{fill:var(--soft)}.front{fill:none;stroke:var(--accent);stroke-width:1.5;stroke-dasharray:5 4}
            .whisker{stroke:var(--bar);stroke-width:1.5}.leader{stroke:var(--soft);stroke-width:1}.halo{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
            .dot{fill:var(--bg);stroke:var(--soft);stroke-width:2}.leads .dot{stroke:var(--accent)}.chosen .dot{fill:var(--accent);stroke:var(--accent)}.chosen text{font-weight:700}
            .curve{fill:none;stroke-width:2}.thin{stroke-width:1.5;opacity:.5}.open{fill:var(--bg);stroke-width:2}.dashed{stroke-dasharray:5 4}
            .k0{stroke:var(--c0)}.k1{stroke:var(--c1)}.k2{stroke:var(--c2)}.k3{stroke:var(--c3)}.k4{stroke:var(--c4)}.k5{stroke:var(--c5)}
            .f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}
            .limit{stroke:var(--c4);stroke-width:1.5;stroke-dasharray:6 3}
            .right{color:var(--good)}.wrong{color:var(--bad)}
            fieldset{border:1px solid var(--line);border-radius:.3rem;margin:.4rem 0;padding:.2rem .8rem .4rem}legend{color:var(--soft);font-size:.85rem}
            fieldset label{display:inline-block;margin-right:1.1rem}.pair{display:grid;gap:0 1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
            .m{border-top:1px solid var(--line);padding:.5rem 0}.m p{margin:.1rem 0}.m .id{color:var(--soft);font-size:.85rem}
            .answers{display:grid;gap:.1rem 1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));font-size:.92rem}.a .who{color:var(--soft)}
            .phone{display:none}
            @media(max-width:40rem){.wide{display:none}td .phone{display:block;font-size:.75rem;font-weight:400;color:var(--soft)}svg{min-width:0}svg.phone{display:block}th,td{padding:.3rem .3rem;font-size:.85rem}.bars li{grid-template-columns:7rem 1fr 3.2rem;gap:.4rem}.costs li{grid-template-columns:7rem 1fr 5rem}.verdict dl{grid-template-columns:1fr}.verdict dt{margin-top:.3rem}.verdict{padding:.8rem}}
            @media print{nav,.browser,.skip{display:none}body{font-size:11px}main,header{max-width:none}.verdict,.bars li,figure,tr,.fold{break-inside:avoid}h2{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}svg{min-width:0}}
            """;

    private PageStyle() {}
}
