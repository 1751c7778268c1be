/**
 * Mail domains of private customers that no list has: those of access providers, portals and private mail services in
 * each region. A provider's own employees have addresses elsewhere, or are indistinguishable from its customers.
 */
export const freeMailAddendum: readonly string[] = [
  // International
  `
    addy.io aleeas.com anonaddy.me autistici.org disroot.org duck.com eclipso.de eclipso.eu fastmail.de gmx.info
    icloud.com.cn keemail.me kolabnow.com mailfence.com mailo.com mozmail.com murena.io myyahoo.com ovi.com
    passmail.net passport.com posteo.de relay.firefox.com riseup.net simplelogin.com simplelogin.io skiff.com
    startmail.com thexyz.com tuta.com tutamail.com tutanota.com yandex.com.tr zoho.eu zohomail.com zohomail.eu
    zohomail.in
  `,
  // Germany, Austria, Switzerland, Luxembourg, Liechtenstein
  `
    1und1.de adon.li alice-dsl.net alice.de arcor-online.net drei.at ewe.net ewetel.net genion.de hispeed.ch
    inode.at internet.lu kabelbw.de kabsi.at liwest.at mnet-mail.de mnet-online.de netcologne.de o2online.de
    osnanet.de postmail.ch pt.lu quickline.ch sunrise.ch supol.li swissonline.ch telering.at tmo.at unitybox.de
    vo.lu vodafone.de vodafonemail.de vol.at vtxmail.ch vtxnet.ch
  `,
  // France, Belgium, Netherlands
  `
    bbox.fr belgacom.net brutele.be caiway.net caiway.nl cegetel.net delta.nl edpnet.be evc.net glasoperator.nl
    hccnet.nl kpnplanet.nl multiweb.nl numericable.fr onsbrabantnet.nl onsneteindhoven.nl orange.nl proximus.be
    scarlet.be vodafonevast.nl wanadoo.nl wxs.nl zeelandnet.nl ziggomail.nl
  `,
  // Spain, Portugal, Italy, Greece, Cyprus, Malta
  `
    aruba.it cablenet.com.cy clix.pt cytanet.com.cy eresmas.net euskaltel.net fastwebnet.it go.net.mt hol.gr in.gr
    infinito.it iol.pt jazztel.es legalmail.it mail.telepac.pt maltanet.net movistar.es mundo-r.com netcabo.pt
    netvisao.pt ono.com onvol.net orange.es otenet.gr ozu.es pathfinder.gr pec.it pec.libero.it postecert.it
    r-mail.es spidernet.com.cy tele2.it telecable.es telefonica.net tim.it tiscalinet.it vodafone.es vodafone.gr
    vodafone.it vodafone.pt wind.gr ya.com zonmail.pt
  `,
  // United Kingdom, Ireland
  `
    dsl.pipex.com fsnet.co.uk iol.ie lineone.net mac.co.uk madasafish.com onetel.com onetel.net plus.net plusnet.com
    supanet.com tesco.net tinyworld.co.uk toucansurf.com virginmedia.ie vodafone.ie zen.co.uk
  `,
  // Denmark, Finland, Iceland, Norway, Sweden
  `
    bahnhof.se boremail.com bredband.net comhem.se dlgtele.dk dnamail.fi elisanet.fi fibermail.dk glocalnet.net
    inet.fi internet.is kolumbus.fi mbnet.fi netti.fi newmail.dk ofir.dk passagen.se pc.dk pp.inet.fi privat.dk
    profibermail.dk saunalahti.fi simnet.is sol.no stofanet.dk suomi24.fi swipnet.se tdc.dk tdcadsl.dk tele2.se
    telia.com telia.no vip.cybercity.dk visir.is welho.com youmail.dk yousee.dk
  `,
  // Poland, Czechia, Slovakia, Hungary, Romania, Bulgaria
  `
    bol.bg buziaczek.pl chello.sk citromail.hu clicknet.ro digikabel.hu dir.bg gbg.bg gmail.hu invitel.hu k.ro
    mail.hu mail.ro mbox.bg mbox.contact.bg neostrada.pl orangemail.sk poczta.pl quick.cz rdslink.ro rol.ro
    stonline.sk t-email.hu tvn.hu upcmail.cz upcmail.hu upcmail.ro upnet.ro vnet.sk vodafonemail.cz volny.cz xtra.ro
    zoznam.sk
  `,
  // Croatia, Slovenia, Serbia, Bosnia, North Macedonia, Albania
  `
    albmail.com amis.net bih.net.ba eunet.rs gmail.si hi.hinet.hr inet.hr mt.net.mk net.hr on.net.mk open.telekom.rs
    optinet.hr ptt.rs sbb.rs siol.net t-2.net t-home.mk t.ht.hr teol.net unet.com.mk verat.net vip.hr vodatel.hr
    volja.net xnet.hr yubc.net
  `,
  // Baltic states
  `
    balticom.lv delfi.lv elion.ee erdves.lt inbox.eu neti.ee one.lt one.lv online.ee solo.ee starman.ee suhtlus.ee
    takas.lt zebra.lt
  `,
  // Ukraine, Belarus, Russia, Kazakhstan, Caucasus, Central Asia
  `
    e1.ru hotbox.ru inbox.az internet.ru krovatka.su list.kz mail.am mail.ge mail.kz mail.uz narod.ru ngs.ru nm.ru
    nur.kz online.ua open.by pochta.com pochtamt.ru r0.ru rambler.kz rambler.ua smtp.ru ukrpost.ua umail.uz vk.ru
    xakep.ru yandex.az yandex.uz
  `,
  // Türkiye, Israel, Arab countries, Iran
  `
    012.net.il 013.net 013.net.il awalnet.net.sa barak.net.il batelco.com.bh bezeqint.net chmail.ir cyberia.net.lb
    e-kolay.net eim.ae emirates.net.ae gnet.tn hexabyte.tn iam.net.ma idm.net.lb inco.com.lb inter.net.il kocnet.com
    link.net mailfa.com menanet.net menara.ma nesma.net.sa omantel.net.om orange.jo planet.tn qatar.net.qa
    saudi.net.sa smile.net.il sodetel.net.lb superonline.com tedata.net.eg terra.net.lb tnn.net topnet.tn ttmail.com
    ttnet.net.tr turk.net zain.com.jo
  `,
  // India, Pakistan, Bangladesh, Sri Lanka, Nepal
  `
    airtelmail.in bangla.net bol.net.in brain.net.pk bsnl.co.in bsnl.in bttb.net.bd cyber.net.pk cyberspace.net.pk
    dataone.in dhaka.net dialogsl.net eth.net eureka.lk in.com indiainfo.com mos.com.np mtnl.net.in ntc.net.np
    reliancemail.net sancharnet.in satyam.net.in sltnet.lk sulekha.com touchtelindia.net vsnl.com vsnl.in vsnl.net
    wlink.com.np wol.net.pk
  `,
  // China, Hong Kong, Taiwan, Japan, Korea
  `
    163.net 21cn.net 263.net 263.net.cn biglobe.jp biznetvigator.com chinaren.com cn.yahoo.com coral.ocn.ne.jp
    ctimail.com ctimail3.com empal.com empas.com etang.com excite.jp fine.ocn.ne.jp giga.net.tw gol.com goo.jp
    goo.ne.jp hainan.net hgcbroadband.com hinet.net hkbn.net hknet.com home.ne.jp i-cable.com kcn.jp lycos.co.kr
    me.com.jp ms1.hinet.net netvigator.com ocn.jp odn.jp pchome.com.tw plala.to sannet.ne.jp sayclub.com seed.net.tw
    so-net.jp so-net.net.tw softbank.jp tcat.ne.jp tea.ocn.ne.jp tfn.net.tw url.com.tw vip.139.com vip.188.com
    vip.sohu.com vip.tom.com wakwak.com wo.cn xuite.net zaq.jp
  `,
  // South-East Asia, Australia, New Zealand, the Pacific
  `
    actrix.co.nz arach.net.au asianet.co.th cbn.net.id centrin.net.id chariot.net.au clear.net.nz connect.com.fj
    csloxinfo.com exetel.com.au fpt.vn globe.com.ph globelines.com.ph hcm.fpt.vn hcm.vnn.vn hn.vnn.vn ihug.co.nz
    indo.net.id indosat.net.id inspire.net.nz jaring.my kinect.co.nz ksc.th.com magnet.com.sg mysinchew.com
    orcon.net.nz pacific.net.sg paradise.net.nz pldtdsl.net pldthome.com skybroadband.com.ph slingshot.co.nz
    snap.net.nz spin.net.au starhub.net.sg streamyx.com time.net.my tm.net.my truemail.co.th tsn.cc unifi.my
    viettel.vn vodafone.co.nz woosh.co.nz xnet.co.nz
  `,
  // United States, Canada
  `
    cogeco.net consolidated.net currently.com eastlink.ca execulink.com grandecom.net gvtc.com insightbb.com
    knology.net look.ca metrocast.net mts.net mtsmail.ca mymts.net nb.sympatico.ca nbnet.nb.ca ntelos.net primus.ca
    sasktel.net suddenlink.net tbaytel.net teksavvy.com videotron.qc.ca wavecable.com wavehome.com webtv.net
    windjammer.net xfinity.com xplornet.ca xplornet.com
  `,
  // Latin America, the Caribbean
  `
    adinet.com.uy advance.com.ar att.net.mx axtel.net brturbo.com.br cable.net.co cableonda.net cablevision.net.mx
    cantv.net ciudad.com.ar claro.net.br click21.com.br codetel.net.do coqui.net cwjamaica.com emcali.net.co
    entel.net.pe entelchile.net etapaonline.net.ec etb.net.co flow.com.ar flowja.com ibest.com.br infinitum.com.mx
    intercable.net.ve manquehue.net megacable.com.mx netscape.com.br netuno.net onda.com.br pop.com.br puntonet.ec
    racsa.co.cr speedy.com.pe sulanet.net supercable.es superig.com.br telecentro.com.ar telmex.com telmexmail.com
    telviso.com.ar terra.com.co terra.com.mx terra.com.pe terra.com.ve tigo.net.gt tstt.net.tt tutopia.com
    une.net.co veloxmail.com.br vtr.net zaz.com.br
  `,
  // Africa
  `
    absamail.co.za africaonline.co.ke afrihost.co.za aviso.ci axxess.co.za cybersmart.co.za hyperia.com iafrica.com
    imaginet.co.za intekom.co.za intnet.mu ionet.co.za jambo.co.ke lantic.net mtnloaded.co.za mtnmail.co.za
    mweb.co.za orange.sn polka.co.za sentoo.sn skannet.com swiftkenya.com telkomsa.net vodacommail.co.za
    vodamail.co.za wananchi.com webafrica.org.za worldonline.co.za xsinet.co.za
  `,
].flatMap((region) => region.trim().split(/\s+/));
