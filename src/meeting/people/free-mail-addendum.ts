/**
 * Mail domains of private customers that no list has: those of access providers, portals and private mail services in
 * each region. A provider's own employees have addresses elsewhere, or are indistinguishable from its customers.
 */
export const freeMailAddendum: readonly string[] = [
  // International
  `
    addy.io aleeas.com anonaddy.me autistici.org countermail.com criptext.com ctemplar.com disroot.org dnmx.org
    duck.com eclipso.de eclipso.eu elude.in fastmail.de gmx.info icloud.com.cn keemail.me kolabnow.com mail.tm
    mailfence.com mailo.com mailo.fr mozmail.com murena.io myyahoo.com onionmail.org onmail.com ovi.com
    passmail.net passport.com posteo.de relay.firefox.com riseup.net runbox.no secmail.pro simplelogin.com
    simplelogin.io skiff.com startmail.com thexyz.com tuta.com tutamail.com tutanota.com vivaldi.net
    yandex.com.tr zoho.eu zohomail.com zohomail.eu zohomail.in
  `,
  // Germany, Austria, Switzerland, Luxembourg, Liechtenstein
  `
    1und1.de adon.li alice-dsl.net alice.de arcor-online.net bluewin.com citycable.ch debitel.net directbox.de
    drei.at emailn.de ewe.net ewetel.net firemail.de freenetmail.de freesurf.ch genion.de germany.net gmx.biz
    gmx.eu gmx.org greenmail.ch hanse.net hispeed.ch inode.at internet.lu ish.de kabelbw.de kabsi.at liwest.at
    m-net.de mail.de mnet-mail.de mnet-online.de mysunrise.ch netcologne.de netplus.ch nexgo.de o2mail.de
    o2online.de osnanet.de postmail.ch primacom.net pt.lu quickline.ch romandie.com smart-mail.de solnet.ch
    span.ch sunrise.ch supol.li surfeu.de swbmail.de swissmail.org swissonline.ch talknet.de telering.at
    ticino.com tmo.at tonline.de unity-mail.de unitybox.de urbanet.ch versanet.de vo.lu vodafone-mail.de
    vodafone.de vodafonemail.de vol.at vtx.ch vtxmail.ch vtxnet.ch wtnet.de
  `,
  // France, Belgium, Netherlands
  `
    12move.nl 9business.fr 9online.fr bbox.fr belgacom.net brutele.be caiway.net caiway.nl caramail.fr
    cegetel.net dartybox.com dbmail.com delta.nl edpnet.be evc.net freesbee.fr glasoperator.nl hccnet.nl
    ifrance.com infonie.fr kpnplanet.nl la-poste.net libertysurf.fr mageos.com mobistar.be multiweb.nl net-c.eu
    nordnet.fr numericable.be numericable.fr onsbrabantnet.nl onsneteindhoven.nl orange.nl pandora.be
    proximus.be scarlet.be sfr.net tele2.fr versatel.be vodafonevast.nl wanadoo.com wanadoo.nl worldonline.fr
    wxs.nl zeelandnet.nl ziggomail.nl
  `,
  // Spain, Portugal, Italy, Greece, Cyprus, Malta
  `
    arrakis.es aruba.it arubapec.it auna.com cablenet.com.cy clix.pt cosmotemail.gr cytanet.com.cy cytanet.cy
    eresmas.net euskalnet.net euskaltel.net fastwebnet.it forthnet.com global.net.mt go.net.mt hol.gr in.gr
    infinito.it inwind.com iol.pt jazzfree.com jazztel.es kanguru.pt kataweb.it keyworld.net legalmail.it
    logosnet.cy.net mail.telepac.pt maltanet.net movistar.es mundo-r.com navegalia.com netcabo.pt netvisao.pt
    oniduo.pt ono.com ono.es onvol.net orange.es otenet.gr ozu.es pathfinder.gr pec.it pec.libero.it
    portugalmail.net postecert.it postemail.it primehome.com r-mail.es retemail.es spidernet.com.cy tele2.it
    telecable.es telefonica.es telefonica.net telepac.pt tellas.gr tim.it tiscalinet.it virgilio.com vivodi.gr
    vodafone.es vodafone.gr vodafone.it vodafone.pt waldonet.net.mt wind.gr ya.com zonmail.pt
  `,
  // United Kingdom, Ireland
  `
    cwcom.net cwctv.net dial.pipex.com dsl.pipex.com eircom.ie email.co.uk f2s.com fsbdial.co.uk fsnet.co.uk
    gofree.indigo.ie indigo.ie iol.ie lineone.net mac.co.uk madasafish.com mail.co.uk o2.ie onetel.com
    onetel.net orangehome.co.uk pipex.com plus.net plusnet.com supanet.com tesco.net tinyworld.co.uk
    totalise.co.uk toucansurf.com uk2.net ukgateway.net utvinternet.com virginmedia.ie vodafone.ie vodafone.net
    which.net zen.co.uk
  `,
  // Denmark, Finland, Iceland, Norway, Sweden
  `
    algonet.se alltele.net altibox.no bahnhof.se boremail.com bredband.net bredbandsbolaget.se comhem.se
    dlgtele.dk dnainternet.net dnamail.fi elisanet.fi enivest.net eunet.no fibermail.dk get2net.dk glocalnet.net
    inet.fi internet.is islandia.is kolumbus.fi luukku.fi mail.fi mail.tele.dk mbnet.fi mi.is netti.fi
    newmail.dk nextgentel.com nic.fi ofir.dk passagen.se pc.dk post.tele.dk powertech.no pp.inet.fi privat.dk
    privat.tele.dk profibermail.dk saunalahti.fi sf-nett.no simnet.is sol.no stofanet.dk suomi24.fi surffi.net
    swipnet.se tdc.dk tdcadsl.dk tele2.se telia.com telia.no tyfon.se utfors.se vip.cybercity.dk visir.is
    webspeed.dk welho.com wippies.com youmail.dk yousee.dk
  `,
  // Poland, Czechia, Slovakia, Hungary, Romania, Bulgaria
  `
    abv.com aster.pl axelero.hu bol.bg buziaczek.pl chello.sk citromail.hu clicknet.ro data.bg digikabel.hu
    dir.bg email.com.cz enternet.hu gbg.bg gery.pl gmail.hu go2.pl hoga.pl hot.pl inetia.pl interia.com
    invitel.hu iol.cz k.ro klikni.cz mail.datanet.hu mail.hu mail.ro mail.t-com.sk mailbox.md mbox.bg
    mbox.contact.bg mybox.cz neostrada.pl o2.com.pl o2active.cz onet.com orangemail.sk plusnet.pl poczta.pl
    pr.hu prokonto.pl quick.cz raz-dva.cz rdslink.ro rol.ro stonline.sk szm.com szm.sk t-email.hu tvn.hu
    upcmail.cz upcmail.hu upcmail.ro upnet.ro vip.bg vnet.sk vodafonemail.cz volny.cz worldonline.cz wp.eu
    xtra.ro zappmobile.ro zoznam.sk
  `,
  // Croatia, Slovenia, Serbia, Bosnia, North Macedonia, Albania
  `
    albmail.com amis.net beotel.net bih.net.ba email.hr eunet.rs gmail.si hi.hinet.hr inet.hr krstarica.com
    mt.net.mk nadlanu.com net.hr on.net.mk open.telekom.rs optinet.hr ptt.rs sbb.rs sezampro.rs siol.com
    siol.net siol.si t-2.net t-2.si t-com.hr t-home.mk t.ht.hr telemach.net teol.net unet.com.mk verat.net
    vip.hr vodatel.hr volja.net xnet.hr yubc.net zg.t-com.hr
  `,
  // Baltic states
  `
    balticom.lv centras.lt delfi.ee delfi.lv elion.ee erdves.lt inbox.ee inbox.eu latnet.lv mail.lt neti.ee
    one.lt one.lv online.ee solo.ee starman.ee suhtlus.ee takas.lt tvnet.lv zebra.lt
  `,
  // Ukraine, Belarus, Russia, Kazakhstan, Caucasus, Central Asia
  `
    bigmir.com e1.ru ex.ua freenet.am hotbox.ru inbox.az inbox.by internet.ru krovatka.su list.kz mail.am
    mail.ge mail.kg mail.kz mail.tj mail.tomsknet.ru mail.ur.ru mail.uz namba.kg narod.ru ngs.ru nm.ru nur.kz
    onet.by online.ua open.by pochta.com pochtamt.ru r0.ru rambler.az rambler.kz rambler.ua smtp.ru ukrpost.ua
    umail.uz vk.ru xakep.ru yandex.az yandex.uz
  `,
  // Türkiye, Israel, Arab countries, Iran
  `
    012.net.il 013.net 013.net.il 013net.net awalnet.net.sa barak-online.net barak.net.il batelco.com.bh
    batelco.jo bezeqint.co.il bezeqint.net chmail.ir cyberia.net.lb e-kolay.net eim.ae emirates.net.ae gnet.tn
    hexabyte.tn iam.net.ma idm.net.lb ie-eg.com inco.com.lb inter.net.il kocnet.com link.net link.net.eg
    mailfa.com menanet.net menara.ma menatel.net mynet.com.tr nana.co.il nesma.net.sa nets.com.jo netvision.com
    omantel.net.om orange.jo planet.tn qatar.net.qa saudi.net.sa smile.net.il sodetel.net.lb sol.net.sa
    superonline.com superposta.com tedata.net tedata.net.eg terra.net.lb tnn.net topnet.tn ttmail.com
    ttnet.com.tr ttnet.net.tr turk.net turkcell.net.tr walla.co zain.com.jo
  `,
  // India, Pakistan, Bangladesh, Sri Lanka, Nepal
  `
    airtel.blackberry.com airtelmail.com airtelmail.in bangla.net bol.net.in brain.net.pk bsnl.co.in bsnl.in
    bttb.net.bd citechco.net cyber.net.pk cyberspace.net.pk dataone.in dhaka.net dialogsl.net eth.net eureka.lk
    in.com indiainfo.com indiatimes.in mos.com.np mtnl.net.in ntc.net.np rediff.co.in reliancemail.net
    sancharnet.in satyam.net.in sify.co.in sltnet.lk sulekha.com touchtelindia.net vsnl.com vsnl.in vsnl.net
    wlink.com.np wol.lk wol.net.pk zapak.com zapakmail.com zoho.in
  `,
  // China, Hong Kong, Taiwan, Japan, Korea
  `
    139.cn 163.net 21cn.net 263.net 263.net.cn aliyun.cn att.ne.jp bbexcite.jp bekkoame.ne.jp biglobe.jp
    biznetvigator.com chinaren.com cn.yahoo.com coral.ocn.ne.jp ctimail.com ctimail3.com email.cn empal.com
    empas.com etang.com excite.jp fine.ocn.ne.jp freeml.com giga.net.tw gol.com goo.jp goo.ne.jp hainan.net
    hgcbroadband.com highway.ne.jp hinet.net hkbn.net hknet.com hkstar.com home.ne.jp i-cable.com
    interlink.or.jp kcn.jp kimo.com.tw livemail.tw lycos.co.kr mail2000.com.tw mbn.or.jp mbox.ne.jp me.com.jp
    ms1.hinet.net nate.net naver.net netlaputa.ne.jp netvigator.com netvigator.com.hk ocn.jp odn.jp
    pchome.com.tw plala.to sannet.ne.jp sayclub.com seed.net.tw sina.com.cn sinaman.com so-net.jp so-net.net.tw
    softbank.jp tcat.ne.jp tea.ocn.ne.jp tfn.net.tw tom.com.cn url.com.tw vip.139.com vip.188.com vip.sohu.com
    vip.tom.com wakwak.com wo.cn xuite.net yeah.com zaq.jp
  `,
  // South-East Asia, Australia, New Zealand, the Pacific
  `
    actrix.co.nz adam.net.au arach.net.au asianet.co.th bigpond.net cbn.net.id centrin.net.id chariot.net.au
    clear.net.nz connect.com.fj csloxinfo.com edsamail.com.ph exetel.com.au fpt.vn globe.com.ph
    globelines.com.ph hcm.fpt.vn hcm.vnn.vn hn.vnn.vn i-manila.com.ph ihug.co.nz indo.net.id indosat.net.id
    inspire.net.nz internode.com.au jaring.my kinect.co.nz ksc.th.com magix.com.sg magnet.com.sg mail.vn
    maxis.net.my maxnet.co.nz mysinchew.com optushome.com.au orcon.net.nz ozemail.com pacific.net.sg
    paradise.net.nz pldtdsl.net pldthome.com skybroadband.com.ph skyinet.net slingshot.co.nz slingshot.net.nz
    snap.net.nz spin.net.au starhub.net.sg streamyx.com time.net.my tm.com.my tm.net.my tpgi.com.au
    truemail.co.th tsn.cc unifi.my viettel.vn vinaphone.vn vodafone.co.nz vodafone.net.nz woosh.co.nz xnet.co.nz
    xtra.net.nz zing.vn
  `,
  // United States, Canada
  `
    acsalaska.net aliant.net bluelight.com cincinnatibell.net cogeco.net consolidated.net currently.com
    distributel.net eastlink.ca execulink.com fido.ca flash.net grandecom.net gvtc.com insightbb.com knology.net
    look.ca metrocast.net mts.net mtsmail.ca mymts.net nb.sympatico.ca nbnet.nb.ca ntelos.net nvbell.net
    penteledata.net primus.ca sasktel.net spectrum.net suddenlink.net tbaytel.net teksavvy.com telusplanet.net
    videotron.qc.ca vif.com wans.net wavecable.com wavehome.com webtv.net windjammer.net xfinity.com xplornet.ca
    xplornet.com zoomtown.com
  `,
  // Latin America, the Caribbean
  `
    123.cl adinet.com.uy advance.com.ar arnet.com att.net.mx avantel.net axtel.net brturbo.com.br cable.net.co
    cableonda.net cablevision.net.mx cantv.net ciudad.com.ar claro.net.br click21.com.br codetel.net.do
    coqui.net cwjamaica.com datamarkets.com.ar emcali.net.co entel.net.pe entelchile.net epm.net.co
    etapaonline.net.ec etb.com.co etb.net.co fibertel.com flow.com.ar flowja.com ibest.com.br infinitum.com.mx
    infonegocio.net.pe intercable.net.ve manquehue.net megacable.com.mx megared.net.mx mi.cl movistar.net.ve
    netscape.com.br netsite.com.br netuno.net oi.net.br onda.com.br pop.com.br prodigy.com.mx puntonet.ec
    racsa.co.cr sercomtel.com.br sinectis.com.ar speedy.com.pe sulanet.net supercable.es superig.com.br
    telcel.net.ve telecentro.com.ar telesat.com.co telmex.com telmex.mx telmexmail.com telviso.com.ar
    terra.com.co terra.com.mx terra.com.pe terra.com.ve tigo.net.gt tstt.net.tt tutopia.com une.net.co
    uninet.net.mx uolsinectis.com.ar veloxmail.com.br vtr.net zaz.com.br
  `,
  // Africa
  `
    absamail.co.za absamail.com africaonline.co.ke africaonline.com afrihost.co.za arc.sn aviso.ci axxess.co.za
    cybersmart.co.za djaweb.dz hyperia.com iafrica.com iam.ma iburst.co.za imaginet.co.za intekom.co.za
    intnet.mu ionet.co.za jambo.co.ke lantic.net meditel.ma moov.ci mtnloaded.co.za mtnmail.co.za mweb.co.za
    netactive.co.za nipost.com.ng orange-sonatel.com orange.ci orange.sn polka.co.za saix.net sentoo.sn
    skannet.com swiftkenya.com telkomsa.net vodacommail.co.za vodamail.co.za vodamail.com wananchi.co.ke
    wananchi.com webafrica.org.za wissal.dz worldonline.co.za xsinet.co.za
  `,
].flatMap((region) => region.trim().split(/\s+/));
